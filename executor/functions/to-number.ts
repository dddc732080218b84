import * as d from '../../types/decimal.ts'
import { SqlError } from '../../types/error.ts'
import type { Decimal } from '../../types/value.ts'
import { type NumberTemplate, parseNumberTemplate } from './number-template.ts'
import { fn } from './registry.ts'

interface Reader {
  readonly text: string
  at: number
  sign: string
  digits: string
  point: boolean
  /** Digits read so far, before and after the point. */
  before: number
  after: number
}

/** The number a text shows in the form of a template, after NUM_numpart_from_char of PostgreSQL's formatting.c. */
function toNumber(text: string, template: string): Decimal | null {
  if (template === '') return null
  const t = parseNumberTemplate(template)
  if (t.has.has('roman')) throw new SqlError('feature_not_supported', '"RN" not supported for input')
  if (t.has.has('exponent')) throw new SqlError('feature_not_supported', '"EEEE" not supported for input')
  const r: Reader = { text, at: 0, sign: '', digits: '', point: false, before: 0, after: 0 }
  for (const { word, written } of t.pieces) {
    if (r.at >= text.length) break
    switch (word) {
      case '9':
      case '0':
      case '.':
      case 'D':
        part(r, t, word)
        break
      case ',':
      case 'G':
        if (r.digits !== '' && text[r.at] === ',') r.at++
        break
      case 'L':
        if (!isData(text[r.at]!)) r.at++
        break
      case 'TH':
        skipOther(r, 2)
        break
      case 'MI':
        if (text[r.at] === '-') take(r, '-')
        else skipOther(r, 1)
        break
      case 'PL':
        if (text[r.at] === '+') take(r, '+')
        else skipOther(r, 1)
        break
      case 'SG':
        if (text[r.at] === '-' || text[r.at] === '+') take(r, text[r.at]!)
        else skipOther(r, 1)
        break
      case undefined:
        skipOther(r, written.length)
        break
      default:
    }
  }
  return value(r, t)
}

function take(r: Reader, sign: string): void {
  r.sign = sign
  r.at++
}

/** Characters that may belong to the number are never skipped. */
function isData(c: string): boolean {
  return /[0-9.,+-]/.test(c)
}

function skipOther(r: Reader, count: number): void {
  for (let n = 0; n < count && r.at < r.text.length && !isData(r.text[r.at]!); n++) r.at++
}

function part(r: Reader, t: NumberTemplate, word: string): void {
  if (r.text[r.at] === ' ') r.at++
  if (r.at >= r.text.length) return
  const c = r.text[r.at]!
  const signed = t.sign !== 'none' || t.has.has('bracket')
  if (r.sign === '' && (word === '0' || word === '9') && r.before + r.after === 0) {
    if (t.sign === 'before' && (c === '-' || c === '+')) take(r, c)
    else if (t.has.has('bracket') && c === '<') take(r, '-')
    else if (!signed && (c === '-' || c === '+')) take(r, c)
  }
  const next = r.text[r.at]
  if (next !== undefined && /\d/.test(next)) {
    if (r.point && r.after === t.after) return
    r.digits += next
    if (r.point) r.after++
    else r.before++
    r.at++
  } else if (next === '.' && !r.point && t.has.has('decimal')) {
    r.digits += '.'
    r.point = true
    r.at++
  } else if ((word === '.' || word === 'D') && !r.point) return
  // A sign that stands after the number.
  if (r.sign === '' && r.digits !== '') {
    const after = r.text[r.at]
    if ((after === '-' || after === '+') && (signed || r.at === r.text.length - 1)) take(r, after)
  }
}

function value(r: Reader, t: NumberTemplate): Decimal {
  const text = `${r.sign === '-' ? '-' : ''}${r.digits}`
  const parsed = d.parseDecimal(text.replace(/\.$/, '').replace(/^(-?)\./, '$10.'))
  if (parsed === undefined)
    throw new SqlError(
      'invalid_text_representation',
      `invalid input syntax for type numeric: "${text || ' '}"`,
    )
  const rounded = d.roundDecimal(parsed, r.after)
  const room = t.before + t.moved
  if (
    rounded.digits !== 0n &&
    d.formatDecimal(d.truncateDecimal(rounded, 0)).replace('-', '').length > room &&
    !(room === 0)
  )
    throw new SqlError('numeric_value_out_of_range', 'numeric field overflow')
  if (!t.has.has('moved')) return rounded
  return d.divideDecimals(rounded, d.decimalOf(10n ** BigInt(t.moved)))
}

fn('to_number(text, text) -> numeric', { help: 'number in the form of a template', call: toNumber })
