import type { Relation } from '../../planner/catalog.ts'
import type { ForeignKeyDef } from '../../planner/constraint-def.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Chunk } from '../../types/chunk.ts'
import type { SqlError } from '../../types/error.ts'
import { cellKey, type KeyText, keyOf, type Row } from './key-values.ts'
import { mixesNulls, refersToNone } from './violations.ts'

/** What is wrong with a row: the number that it has among the rows. */
export interface Failure {
  readonly at: number
  readonly error: SqlError
}

/** Keys that rows of a table refer to, each once. */
export class AskedKeys {
  readonly child: Relation
  readonly key: ForeignKeyDef
  readonly #keys = new Map<KeyText, Row>()
  /** Of each key the first row that has it. */
  readonly #first = new Map<KeyText, number>()
  #rows = 0
  /** The first row that MATCH FULL does not take. */
  #mixed: number | undefined

  constructor(child: Relation, key: ForeignKeyDef) {
    this.child = child
    this.key = key
  }

  get keys(): ReadonlyMap<KeyText, Row> {
    return this.#keys
  }

  /** The first row that MATCH FULL does not take, or that refers to none of the keys that are `present` in the parent. */
  failure(present: ReadonlySet<KeyText>, parent: Relation): Failure | undefined {
    const { child, key } = this
    const missing = this.#missing(present)
    if (this.#mixed !== undefined && !(missing !== undefined && missing.at < this.#mixed))
      return { at: this.#mixed, error: mixesNulls(child, key) }
    return missing && { at: missing.at, error: refersToNone(child, key, parent, missing.values) }
  }

  #missing(present: ReadonlySet<KeyText>): { readonly at: number; readonly values: Row } | undefined {
    for (const [text, values] of this.#keys)
      if (!present.has(text)) return { at: this.#first.get(text)!, values }
    return undefined
  }

  addRows(rows: Iterable<Row>): void {
    const { columns } = this.key
    for (const row of rows) {
      const text = keyOf(row, columns)
      const values = () => columns.map(c => row[c] ?? null)
      this.#add(text, values)
    }
  }

  /** Those of the rows that the chunks add. */
  addChunks(chunks: readonly Chunk[]): void {
    for (const { columns, weights, length } of chunks) {
      const cells = this.key.columns.map(c => columns[c]!)
      for (let at = 0; at < length; at++)
        if (weights[at]! > 0) this.#add(cellKey(cells, at), () => cells.map(column => cellValue(column, at)))
    }
  }

  /** These need not be looked for. */
  leaveOut(keys: Iterable<KeyText>): void {
    for (const key of keys) this.#keys.delete(key)
  }

  #add(text: KeyText | undefined, valuesOf: () => Row): void {
    const at = this.#rows++
    if (text === undefined) {
      if (this.key.match === 'full' && valuesOf().some(value => value !== null)) this.#mixed ??= at
    } else if (!this.#keys.has(text)) {
      this.#keys.set(text, valuesOf())
      this.#first.set(text, at)
    }
  }
}
