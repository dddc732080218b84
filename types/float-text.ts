/** Shortest text that reads back as the same float, in PostgreSQL's notation; `long`: with an exponent later, as RisingWave. */
export function formatFloat(value: number, single: boolean, long = false): string {
  if (!Number.isFinite(value)) return String(value)
  if (Object.is(value, -0)) return '-0'
  let text = String(value)
  if (single)
    for (let digits = 1; digits <= 9; digits++) {
      const short = value.toPrecision(digits)
      if (Math.fround(Number(short)) === value) {
        text = String(Number(short))
        break
      }
    }
  const size = Math.abs(Number(text))
  const [low, high] = long ? (single ? [1e-6, 1e13] : [1e-5, 1e16]) : [1e-4, single ? 1e6 : 1e15]
  if (size !== 0 && (size < low || size >= high) && !text.includes('e')) text = Number(text).toExponential()
  return text.replace(/e([+-]?)(\d)$/, (_, sign: string, digit: string) => `e${sign || '+'}0${digit}`)
}

const DIGITS = { single: 6, double: 15 }

/** The text of a float by extra_float_digits: so many significant digits more than are always exact, as C's %g writes them. */
export function styledFloat(value: number, single: boolean, extra: number, long = false): string {
  if (extra > 0 || !Number.isFinite(value) || value === 0) return formatFloat(value, single, long)
  const precision = Math.max(1, (single ? DIGITS.single : DIGITS.double) + extra)
  const [mantissa, power] = value.toExponential(precision - 1).split('e') as [string, string]
  const exponent = Number(power)
  const short = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
  if (exponent >= -4 && exponent < precision) return short(value.toFixed(precision - 1 - exponent))
  const size = String(Math.abs(exponent)).padStart(2, '0')
  return `${short(mantissa)}e${exponent < 0 ? '-' : '+'}${size}`
}

/** The text of a real. */
export function formatReal(value: number): string {
  return formatFloat(value, true)
}
