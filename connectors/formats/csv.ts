import { SqlError } from '../../types/error.ts'

/** Cells of one CSV record; quotes are doubled inside quotes (RFC 4180). */
export function csvCells(line: string, delimiter: string): string[] {
  const cells: string[] = []
  let at = 0
  const end = line.endsWith('\r\n') ? line.length - 2 : line.endsWith('\n') ? line.length - 1 : line.length
  for (;;) {
    if (line[at] === '"') {
      let cell = ''
      for (at++; ; at++) {
        if (at >= end) throw new SqlError('data_exception', 'unterminated CSV quoted field')
        if (line[at] !== '"') cell += line[at]
        else if (line[at + 1] === '"') cell += line[at++]
        else break
      }
      at++
      cells.push(cell)
      if (at < end && !line.startsWith(delimiter, at)) {
        throw new SqlError('data_exception', 'text after a CSV quoted field')
      }
    } else {
      const next = line.indexOf(delimiter, at)
      const stop = next === -1 || next > end ? end : next
      cells.push(line.slice(at, stop))
      at = stop
    }
    if (at >= end) return cells
    at += delimiter.length
  }
}
