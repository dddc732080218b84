import type { CopyOptions } from '../../planner/parse/index.ts'

/** Fields of one line; null: NULL. */
export type Line = readonly (string | null)[]

const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** What a field of the text format with backslashes means. */
export function unescaped(field: string): Buffer {
  const bytes: Buffer[] = []
  for (const [piece, hex, octal, letter] of field.matchAll(
    /\\x([0-9a-fA-F]{1,2})|\\([0-7]{1,3})|\\([\s\S])|[^\\]+|\\/g,
  )) {
    if (hex !== undefined) bytes.push(Buffer.from([Number.parseInt(hex, 16)]))
    else if (octal !== undefined) bytes.push(Buffer.from([Number.parseInt(octal, 8) & 0xff]))
    else bytes.push(Buffer.from(letter === undefined ? piece : (LETTERS[letter] ?? letter)))
  }
  return Buffer.concat(bytes)
}

/** One line of names in COPY's text format. */
export function textLine(line: Line, { delimiter, null: nothing }: CopyOptions): string {
  return `${line.map(field => (field === null ? nothing : escaped(field, delimiter))).join(delimiter)}\n`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** A field as COPY's text format writes it. */
export function escaped(field: string, delimiter: string): string {
  const plain = field.replace(/[\\\b\f\n\r\t\v]/g, c => ESCAPES[c]!)
  return delimiter === '\t' ? plain : plain.replaceAll(delimiter, `\\${delimiter}`)
}

/** One line of CSV. */
export function csvText(line: Line, options: CopyOptions): string {
  const fields = line.map(field =>
    field === null ? options.null : csvField(field, options, line.length === 1),
  )
  return `${fields.join(options.delimiter)}\n`
}

/** A field as CSV writes it; `alone`: in a line of its own. */
export function csvField(field: string, options: CopyOptions, alone: boolean): string {
  const { delimiter, quote, escape: escaping, null: nothing } = options
  const special =
    field === nothing ||
    (alone && field === '\\.') ||
    [delimiter, quote, '\n', '\r'].some(c => field.includes(c))
  if (!special) return field
  let text = escaping === quote ? field : field.replaceAll(escaping, escaping + escaping)
  text = text.replaceAll(quote, escaping + quote)
  return quote + text + quote
}
