import type { CopyOptions } from '../../planner/parse/index.ts'

/** Fields of one line; null: NULL. */
export type Line = readonly (string | null)[]

/** Reads COPY's CSV format as it comes in, in pieces of any size. */
export interface LineReader {
  /** Lines that are complete now. */
  push(text: string): Line[]
  /** The last line, which may lack its end. */
  end(): Line[]
}

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

/** CSV: quoted fields may hold anything; an unquoted one that looks like the NULL string is NULL. */
export function csvReader({ delimiter, quote, escape: escaping, null: nothing }: CopyOptions): LineReader {
  let rest = ''
  let ended = false
  const read = (whole: boolean): Line[] => {
    const lines: Line[] = []
    let from = 0
    while (!ended && from < rest.length) {
      const line = csvLine(rest, from, { delimiter, quote, escaping, nothing }, whole)
      if (line === undefined) break
      ended = rest.slice(from, line.end).trimEnd() === '\\.'
      if (!ended) lines.push(line.fields)
      from = line.end
    }
    rest = rest.slice(from)
    return lines
  }
  return {
    push(text) {
      rest += text
      return read(false)
    },
    end: () => read(true),
  }
}

interface Marks {
  readonly delimiter: string
  readonly quote: string
  readonly escaping: string
  readonly nothing: string
}

/** The line at `from`; undefined when its end is not there yet (`whole`: there is no more). */
function csvLine(
  text: string,
  from: number,
  marks: Marks,
  whole: boolean,
): { fields: Line; end: number } | undefined {
  const { delimiter, quote, escaping, nothing } = marks
  const fields: (string | null)[] = []
  let field = ''
  let quoted = false
  let inside = false
  const close = () => {
    fields.push(!quoted && field === nothing ? null : field)
    field = ''
    quoted = false
  }
  for (let i = from; i < text.length; i++) {
    const c = text[i]!
    if (inside) {
      // Whether the quote is the last one is told by what follows.
      if ((c === escaping || c === quote) && i + 1 === text.length && !whole) return undefined
      if (c === escaping && (text[i + 1] === quote || text[i + 1] === escaping)) field += text[++i]!
      else if (c === quote) inside = false
      else field += c
    } else if (c === quote) {
      inside = true
      quoted = true
    } else if (c === delimiter) close()
    else if (c === '\n') {
      close()
      return { fields, end: i + 1 }
    } else if (c === '\r' && (text[i + 1] === '\n' || text[i + 1] === undefined)) {
      if (text[i + 1] === undefined && !whole) return undefined
    } else field += c
  }
  if (!whole) return undefined
  close()
  return { fields, end: text.length }
}

/** One line of COPY's text format. */
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

function escaped(field: string, delimiter: string): string {
  const plain = field.replace(/[\\\b\f\n\r\t\v]/g, c => ESCAPES[c]!)
  return delimiter === '\t' ? plain : plain.replaceAll(delimiter, `\\${delimiter}`)
}

/** One line of CSV. */
export function csvText(line: Line, options: CopyOptions): string {
  const { delimiter, quote, escape: escaping, null: nothing } = options
  const fields = line.map(field => {
    if (field === null) return nothing
    const special =
      field === nothing ||
      (line.length === 1 && field === '\\.') ||
      [delimiter, quote, '\n', '\r'].some(c => field.includes(c))
    if (!special) return field
    let text = escaping === quote ? field : field.replaceAll(escaping, escaping + escaping)
    text = text.replaceAll(quote, escaping + quote)
    return quote + text + quote
  })
  return `${fields.join(delimiter)}\n`
}
