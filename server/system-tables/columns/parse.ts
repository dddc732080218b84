import { assert } from '../../../types/error.ts'
import { arrayOf, type Schema, type Type } from '../../../types/type.ts'
import { isLabel, labeled } from '../../../types/type-labels.ts'
import { parseTypeName } from '../../../types/type-names.ts'

export interface TableDef {
  readonly name: string
  readonly oid: number
  /** pg_class.relkind. */
  readonly kind: 'r' | 'v'
  readonly columns: Schema
  readonly notNull: readonly boolean[]
}

/** Reads the column texts of this folder: a table starts at the line's start and goes on in indented lines. */
export function parseTables(text: string): readonly TableDef[] {
  return text
    .trim()
    .split(/\n(?! )/)
    .map(entry => {
      const [name, oid, kind, ...words] = entry.split(/\s+/)
      assert(kind === 'r' || kind === 'v', `malformed table: ${entry}`)
      return { name: name!, oid: Number(oid), kind, ...parseColumns(words) }
    })
}

/** Reads `oid: oid! name: relname! relowner`. */
export function parseColumns(words: readonly string[]): Pick<TableDef, 'columns' | 'notNull'> {
  const columns: { name: string; type: Type }[] = []
  const notNull: boolean[] = []
  let type: Type | undefined
  for (const word of words) {
    if (word.endsWith(':')) {
      type = columnType(word.slice(0, -1))
      continue
    }
    assert(type !== undefined, `no type before column ${word}`)
    columns.push({ name: word.replace('!', ''), type })
    notNull.push(word.endsWith('!'))
  }
  return { columns, notNull }
}

/** PostgreSQL's internal name of a type: int4, name, text[]. */
function columnType(word: string): Type {
  if (word.endsWith('[]')) return arrayOf(columnType(word.slice(0, -2)))
  const type = isLabel(word) ? labeled(word) : parseTypeName(word)
  assert(type !== undefined, `no type ${word}`)
  return type
}
