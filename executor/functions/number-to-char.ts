import * as d from '../../types/decimal.ts'
import { SqlError } from '../../types/error.ts'
import type { Decimal } from '../../types/value.ts'
import { type NumberTemplate, parseNumberTemplate } from './number-template.ts'
import { fn } from './registry.ts'

// to_char of numbers, after NUM_processor of PostgreSQL's formatting.c: the digits are walked beside the template.

/** A number in its template's form. `digits`: the number's text at that many decimals. */
function toChar(
  value: Decimal,
  template: string,
  digits: (value: Decimal, t: NumberTemplate) => string,
): string {
  const t = parseNumberTemplate(template)
  if (t.has.has('exponent')) return scientific(value, t)
  if (t.has.has('roman')) return walk(t, roman(value), '+', 0)
  let shown = value
  if (t.has.has('moved')) {
    shown = d.multiplyDecimals(value, d.decimalOf(10n ** BigInt(t.moved)))
    t.before += t.moved
  }
  const text = digits(shown, t)
  const sign = text.startsWith('-') ? '-' : '+'
  const number = sign === '-' ? text.slice(1) : text
  const whole = number.includes('.') ? number.indexOf('.') : number.length
  if (whole > t.before) return walk(t, `${'#'.repeat(t.before)}.${'#'.repeat(t.after)}`, sign, 0)
  return walk(t, number, sign, t.before - whole)
}

interface Walk {
  readonly t: NumberTemplate
  readonly number: string
  readonly sign: string
  /** Places before the number's first digit. */
  readonly spaces: number
  readonly fill: boolean
  readonly zeroStart: number
  /** Last digit that FM keeps; undefined: all are kept. */
  readonly lastKept: number | undefined
  readonly count: number
  bracket: boolean
  place: NumberTemplate['sign']
  out: string
  /** Next character of the number, and place in the template. */
  next: number
  current: number
  signWritten: boolean
  inNumber: boolean
}

function walk(t: NumberTemplate, number: string, sign: string, spaces: number): string {
  const fill = t.has.has('fill')
  const [plus, minus] = [t.has.has('plus'), t.has.has('minus')]
  const signWritten = plus || minus ? !(plus && !minus) : sign === '+' && fill && t.sign === 'none'
  const w: Walk = {
    t,
    number,
    sign,
    spaces,
    fill,
    zeroStart: t.zeroStart - 1,
    lastKept: fill && t.has.has('decimal') ? lastKept(t, number, spaces) : undefined,
    count: t.after + t.before - 1 + (!signWritten && spaces === 0 ? 1 : 0),
    bracket: t.has.has('bracket') && !(sign !== '-' && fill && !plus && !minus),
    place: t.sign === 'before' && t.before === t.signAt ? 'after' : t.sign,
    out: '',
    next: 0,
    current: 0,
    signWritten,
    inNumber: false,
  }
  for (const piece of t.pieces) {
    switch (piece.word) {
      case undefined:
        w.out += piece.written
        break
      case '9':
      case '0':
      case '.':
      case 'D':
        if (!t.has.has('roman')) digit(w, piece.word)
        break
      case ',':
      case 'G':
        if (w.inNumber) w.out += ','
        else if (!fill) w.out += ' '
        break
      case 'L':
        w.out += ' '
        break
      case 'RN':
        w.out +=
          (fill ? '' : ' '.repeat(Math.max(0, 15 - number.length))) +
          (piece.written === 'rn' ? number.toLowerCase() : number)
        break
      case 'TH':
        if (!t.has.has('roman') && number[0] !== '#' && sign !== '-' && !t.has.has('decimal'))
          w.out += piece.written === 'TH' ? ordinal(number).toUpperCase() : ordinal(number)
        break
      case 'MI':
        w.out += sign === '-' ? '-' : fill ? '' : ' '
        break
      case 'PL':
        w.out += sign === '+' ? '+' : fill ? '' : ' '
        break
      case 'SG':
        w.out += sign
        break
      default:
    }
  }
  return w.out
}

/** NUM_numpart_to_char. */
function digit(w: Walk, word: string): void {
  const { t, number, fill, spaces } = w
  const zero = t.has.has('zero')
  const atPoint = w.lastKept !== undefined && number[w.lastKept] === '.'
  const blankZero = !zero && w.next === 0 && number[0] === '0' && t.after !== 0
  w.inNumber = false
  if (
    !w.signWritten &&
    (w.current >= spaces || (zero && w.zeroStart === w.current)) &&
    (!blankZero || atPoint)
  )
    writeSign(w)
  if (w.current < spaces && (w.zeroStart > w.current || !zero)) {
    if (!fill) w.out += ' '
  } else if (zero && w.current < spaces) {
    w.out += '0'
    w.inNumber = true
  } else {
    const c = number[w.next]
    if (c === '.') w.out += '.'
    else if (w.lastKept !== undefined && w.next > w.lastKept && word !== '0') {
      // FM leaves zeros at the end out.
    } else if (blankZero) {
      if (!fill) w.out += ' '
      else if (atPoint) w.out += '0'
    } else if (c !== undefined) {
      w.out += c
      w.inNumber = true
    }
    if (c !== undefined) w.next++
  }
  let end = w.count + (spaces > 0 ? 1 : 0) + (t.has.has('decimal') ? 1 : 0)
  if (w.lastKept !== undefined && w.lastKept === w.next) end = w.current
  if (w.current + 1 === end) {
    if (w.signWritten && w.bracket) w.out += w.sign === '+' ? ' ' : '>'
    else if (w.place === 'after') w.out += w.sign
  }
  w.current++
}

function writeSign(w: Walk): void {
  if (w.t.sign !== 'none') {
    if (w.place !== 'before') return
    w.out += w.sign
  } else if (w.bracket) w.out += w.sign === '+' ? ' ' : '<'
  else if (w.sign === '+') w.out += w.fill ? '' : ' '
  else w.out += '-'
  w.signWritten = true
}

function lastKept(t: NumberTemplate, number: string, spaces: number): number | undefined {
  const point = number.indexOf('.')
  if (point === -1) return undefined
  let last = point
  for (let i = point + 1; i < number.length; i++) if (number[i] !== '0') last = i
  if (t.zeroEnd > spaces) last = Math.max(last, Math.min(number.length - 1, t.zeroEnd - spaces))
  return last
}

function scientific(value: Decimal, t: NumberTemplate): string {
  if (value.special !== undefined) return ` ${'#'.repeat(t.before)}.${'#'.repeat(t.after + 4)}`
  const negative = value.digits < 0n
  let digits = (negative ? -value.digits : value.digits).toString()
  let exponent = value.digits === 0n ? 0 : digits.length - 1 - value.scale
  if (value.digits === 0n) digits = '0'
  const kept = d.roundDecimal({ digits: BigInt(digits), scale: digits.length - 1 }, t.after)
  digits = kept.digits.toString()
  if (digits.length > t.after + 1) {
    digits = digits.slice(0, -1)
    exponent++
  }
  const tail = `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  return `${negative ? '-' : ' '}${digits[0]}${t.after > 0 ? `.${digits.slice(1).padEnd(t.after, '0')}` : ''}${tail}`
}

const ROMAN = [
  ['M', 1000],
  ['CM', 900],
  ['D', 500],
  ['CD', 400],
  ['C', 100],
  ['XC', 90],
  ['L', 50],
  ['XL', 40],
  ['X', 10],
  ['IX', 9],
  ['V', 5],
  ['IV', 4],
  ['I', 1],
] as const

function roman(value: Decimal): string {
  if (value.special !== undefined) {
    const what = value.special === 'NaN' ? 'NaN' : 'infinity'
    throw new SqlError('feature_not_supported', `cannot convert ${what} to integer`)
  }
  let rest = d.decimalToNumber(d.roundDecimal(value, 0))
  if (rest > 2147483647 || rest < -2147483648)
    throw new SqlError('numeric_value_out_of_range', 'integer out of range')
  if (rest < 1 || rest > 3999) return '#'.repeat(15)
  let text = ''
  for (const [letters, size] of ROMAN) for (; rest >= size; rest -= size) text += letters
  return text
}

function ordinal(number: string): string {
  if (!/\d$/.test(number)) throw new SqlError('invalid_text_representation', `"${number}" is not a number`)
  const [tens, ones] = [number.at(-2), number.at(-1)]
  if (tens === '1') return 'th'
  return { '1': 'st', '2': 'nd', '3': 'rd' }[ones ?? ''] ?? 'th'
}

const exactly = (value: Decimal, t: NumberTemplate): string => d.formatDecimal(d.roundDecimal(value, t.after))

for (const type of ['int4', 'int8'] as const)
  fn(`to_char(${type}, text) -> text`, {
    help: 'in the form of a template',
    call: (a: number | bigint, template: string) => toChar(d.decimalOf(a), template, exactly),
  })
fn('to_char(numeric, text) -> text', {
  help: 'in the form of a template',
  call: (a: Decimal, template: string) => toChar(a, template, exactly),
})
for (const [type, most] of [
  ['float4', 6],
  ['float8', 15],
] as const)
  fn(`to_char(${type}, text) -> text`, {
    help: 'in the form of a template, to the digits that a float holds',
    call: (a: number, template: string) =>
      toChar(d.exactDecimal(a), template, (value, t) => {
        const whole = d.formatDecimal(d.roundDecimal(value, 0)).replace('-', '').length
        t.after = whole >= most ? 0 : Math.min(t.after, most - whole)
        const text = exactly(halfEven(value, t.after), t)
        return (a < 0 || Object.is(a, -0)) && text[0] !== '-' ? `-${text}` : text
      }),
  })

/** Rounded as C's printf does: what lies in the middle goes to the even digit. */
function halfEven(value: Decimal, scale: number): Decimal {
  if (value.special !== undefined || value.scale <= scale) return value
  const unit = 10n ** BigInt(value.scale - scale)
  const rest = value.digits % unit
  if (2n * (rest < 0n ? -rest : rest) !== unit) return d.roundDecimal(value, scale)
  const digits = value.digits / unit
  return { digits: digits % 2n === 0n ? digits : digits + (rest < 0n ? -1n : 1n), scale }
}
