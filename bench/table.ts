/** Prints rows under their heads, numbers to the right. */
export function printTable(heads: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map(row => row[i]!.length)))
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')
  for (const row of [heads, ...rows]) console.log(line(row))
}

/** 1234567 as 1.23M. */
export function count(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)}M`
  return value >= 1e3 ? `${(value / 1e3).toFixed(value >= 1e5 ? 0 : 1)}k` : value.toFixed(0)
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1048576).toFixed(bytes < 1e7 ? 2 : 0)} MB`
}

export function milliseconds(value: number): string {
  return Number.isNaN(value) ? '–' : `${value.toFixed(value < 10 ? 2 : 0)} ms`
}
