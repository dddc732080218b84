import { SqlError } from '../../types/error.ts'

/** One thing of a number's template (Table 9.29): a keyword in capitals, or text that stands for itself. */
export interface NumberPiece {
  readonly word: string | undefined
  /** As written: th and TH, rn and RN differ. */
  readonly written: string
}

/** What a template says about a number (NUMDesc of formatting.c). */
export interface NumberTemplate {
  readonly pieces: readonly NumberPiece[]
  /** Digits before and after the point, and those that V moves the point by. */
  before: number
  after: number
  moved: number
  /** Position of the first 0, from 1, and of the last; 0: none. */
  zeroStart: number
  zeroEnd: number
  sign: 'none' | 'before' | 'after'
  signAt: number
  readonly has: Set<
    'fill' | 'decimal' | 'zero' | 'blank' | 'minus' | 'plus' | 'bracket' | 'roman' | 'moved' | 'exponent'
  >
}

const WORDS = [
  'EEEE',
  'FM',
  'MI',
  'PL',
  'PR',
  'RN',
  'SG',
  'SP',
  'TH',
  ',',
  '.',
  '0',
  '9',
  'B',
  'C',
  'D',
  'G',
  'L',
  'S',
  'V',
]

/** Throws 42601 for what cannot stand together. */
export function parseNumberTemplate(text: string): NumberTemplate {
  const pieces: NumberPiece[] = []
  const t: NumberTemplate = {
    pieces,
    before: 0,
    after: 0,
    moved: 0,
    zeroStart: 0,
    zeroEnd: 0,
    sign: 'none',
    signAt: 0,
    has: new Set(),
  }
  let at = 0
  while (at < text.length) {
    const word = WORDS.find(w => text.startsWith(w, at) || text.startsWith(w.toLowerCase(), at))
    if (word !== undefined) {
      pieces.push({ word, written: text.slice(at, at + word.length) })
      at += word.length
      describe(t, word)
    } else if (text[at] === '"') {
      at++
      while (at < text.length && text[at] !== '"') {
        if (text[at] === '\\' && at + 1 < text.length) at++
        pieces.push({ word: undefined, written: text[at++]! })
      }
      at++
    } else {
      if (text[at] === '\\' && text[at + 1] === '"') at++
      const written = String.fromCodePoint(text.codePointAt(at)!)
      pieces.push({ word: undefined, written })
      at += written.length
    }
  }
  return t
}

function describe(t: NumberTemplate, word: string): void {
  const { has } = t
  if (has.has('exponent') && word !== 'EEEE') throw wrong('"EEEE" must be the last pattern used')
  switch (word) {
    case '9':
      if (has.has('bracket')) throw wrong('"9" must be ahead of "PR"')
      if (has.has('moved')) t.moved++
      else if (has.has('decimal')) t.after++
      else t.before++
      return
    case '0':
      if (has.has('bracket')) throw wrong('"0" must be ahead of "PR"')
      if (!has.has('zero') && !has.has('decimal')) {
        has.add('zero')
        t.zeroStart = t.before + 1
      }
      if (has.has('decimal')) t.after++
      else t.before++
      t.zeroEnd = t.before + t.after
      return
    case 'B':
      if (t.before === 0 && t.after === 0 && !has.has('zero')) has.add('blank')
      return
    case 'D':
    case '.':
      if (has.has('decimal')) throw wrong('multiple decimal points')
      if (has.has('moved')) throw wrong('cannot use "V" and decimal point together')
      has.add('decimal')
      return
    case 'FM':
      has.add('fill')
      return
    case 'S':
      if (t.sign !== 'none') throw wrong('cannot use "S" twice')
      if (has.has('plus') || has.has('minus') || has.has('bracket'))
        throw wrong('cannot use "S" and "PL"/"MI"/"SG"/"PR" together')
      t.sign = has.has('decimal') ? 'after' : 'before'
      t.signAt = t.before
      return
    case 'MI':
    case 'PL':
    case 'SG':
      if (t.sign !== 'none') throw wrong(`cannot use "S" and "${word}" together`)
      if (word !== 'PL') has.add('minus')
      if (word !== 'MI') has.add('plus')
      return
    case 'PR':
      if (t.sign !== 'none' || has.has('plus') || has.has('minus'))
        throw wrong('cannot use "PR" and "S"/"PL"/"MI"/"SG" together')
      has.add('bracket')
      return
    case 'RN':
      has.add('roman')
      return
    case 'V':
      if (has.has('decimal')) throw wrong('cannot use "V" and decimal point together')
      has.add('moved')
      return
    case 'EEEE':
      if (has.has('exponent')) throw wrong('cannot use "EEEE" twice')
      if (t.sign !== 'none' || [...has].some(flag => flag !== 'decimal' && flag !== 'zero'))
        throw wrong(
          '"EEEE" is incompatible with other formats',
          'may only be used together with digit and decimal point patterns',
        )
      has.add('exponent')
      return
    default:
  }
}

function wrong(message: string, detail?: string): SqlError {
  return new SqlError('syntax_error', message, {
    detail: detail === undefined ? undefined : `"EEEE" ${detail}.`,
  })
}
