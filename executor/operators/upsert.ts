import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { compareCells } from '../../storage/compare-cells.ts'
import { areInsertions, type Chunk } from '../../types/chunk.ts'
import { chunkSlice } from '../chunk-slice.ts'
import type { Emit, OperatorKind } from '../contract.ts'
import { expiringRows } from './expiring-rows.ts'

/** Rows by primary key: a write emits the removal of the row it replaces and the new row. */
export const upsert: OperatorKind<'upsert'> = {
  kind: 'upsert',
  create(spec, context) {
    const schema = context.inputs[0]!
    const { key, expiry } = spec
    const keyed = { mode: 'keyed', key, shard: key } as const
    const held = expiry && expiringRows(context, schema, expiry, keyed)
    const rows = held?.rows ?? context.table('rows', { ...keyed, schema, indexes: [] })
    const content = rows.columns.slice(0, schema.length)
    const { version = [] } = spec
    const versions = typeof version === 'number' ? [version] : version
    let emitTo: Emit = () => {}
    const types = schema.map(field => field.type)
    const out = new ChunkBuilder(types, chunk => emitTo(chunk))
    const merged = new ChunkBuilder(rows.spec.schema.map(field => field.type))

    const emitRow = (id: number, weight: number): void => {
      out.copyRow(0, content, id)
      out.push(weight)
    }

    const write = (chunk: Chunk, row: number): void => {
      const id = rows.find(chunk, row)
      if (id === -1) {
        emitRow(rows.insert(chunk, row), 1)
        return
      }
      if (spec.conflict === 'ignore') return
      if (!isNewer(chunk, row, id)) return
      emitRow(id, -1)
      if (spec.conflict === 'overwrite') rows.insert(chunk, row)
      else {
        merged.length = 0
        for (const column of merged.columns) column.clear()
        for (let i = 0; i < merged.columns.length; i++) {
          const from = chunk.columns[i]!
          const keep = from.nulls !== null && from.nulls[row] === 1
          merged.columns[i]!.copy(0, keep ? rows.columns[i]! : from, keep ? id : row)
        }
        rows.insert(merged, 0)
      }
      emitRow(id, 1)
    }

    /** The first version that differs decides; NULL versions are the oldest. */
    const isNewer = (chunk: Chunk, row: number, id: number): boolean => {
      for (const version of versions) {
        const now = chunk.columns[version]!
        const before = rows.columns[version]!
        const none = now.nulls !== null && now.nulls[row] === 1
        if (before.isNull(id) && none) continue
        if (before.isNull(id) || none) return !none
        const order = compareCells(now, row, before, id)
        if (order !== 0) return order > 0
      }
      return true
    }

    return {
      tables: [rows],
      push(_port, pushed, emit) {
        emitTo = emit
        const chunk = held?.kept(pushed) ?? pushed
        const fresh = held === undefined && areInsertions(chunk) ? rows.insertNew(chunk) : 0
        if (fresh > 0) emit(chunkSlice(chunk, 0, fresh))
        for (let row = fresh; row < chunk.length; row++) {
          if (chunk.weights[row]! > 0) write(chunk, row)
          else {
            const id = rows.find(chunk, row)
            if (id === -1) continue
            emitRow(id, -1)
            rows.remove(id)
          }
        }
        out.flush()
      },
      ...(held && { marks: held.marks, expire: held.expire }),
    }
  },
}
