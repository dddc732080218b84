/** The nearest whole number, halves to the even one (C's rint). */
export function halfEven(value: number): number {
  return Math.abs(value % 1) === 0.5 ? 2 * Math.round(value / 2) : Math.round(value)
}
