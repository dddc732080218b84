import type { Relation } from '../../planner/catalog.ts'
import type { ForeignKeyDef } from '../../planner/constraint-def.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Chunk } from '../../types/chunk.ts'
import { cellKey, type KeyText, keyOf, type Row } from './key-values.ts'
import { mixesNulls } from './violations.ts'

/** Keys that rows of a table refer to, each once. Throws 23503 for rows that MATCH FULL does not take. */
export class AskedKeys {
  readonly child: Relation
  readonly key: ForeignKeyDef
  readonly #keys = new Map<KeyText, Row>()

  constructor(child: Relation, key: ForeignKeyDef) {
    this.child = child
    this.key = key
  }

  get keys(): ReadonlyMap<KeyText, Row> {
    return this.#keys
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
    if (text !== undefined) {
      if (!this.#keys.has(text)) this.#keys.set(text, valuesOf())
    } else if (this.key.match === 'full' && valuesOf().some(value => value !== null))
      throw mixesNulls(this.child, this.key)
  }
}
