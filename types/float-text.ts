/** Shortest text that reads back as the same float, in PostgreSQL's notation. */
export function formatFloat(value: number, single: boolean): string {
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
  const size = Math.abs(value)
  const [low, high] = [1e-4, single ? 1e6 : 1e15]
  if (size !== 0 && (size < low || size >= high) && !text.includes('e')) text = Number(text).toExponential()
  return text.replace(/e([+-]?)(\d)$/, (_, sign: string, digit: string) => `e${sign || '+'}0${digit}`)
}

/** The text of a real. */
export function formatReal(value: number): string {
  return formatFloat(value, true)
}
