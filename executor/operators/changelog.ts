import { ChunkBuilder, chunkOf } from '../../storage/chunk-builder.ts'
import type { Column } from '../../types/chunk.ts'
import { INT8, type Schema, TEXT } from '../../types/type.ts'
import type { OperatorKind } from '../contract.ts'
import { type Change, eachChange, epochChange } from './changes-by-key.ts'

/** What a changelog has after the columns of its input; the last one numbers its rows without a gap that matters. */
export const CHANGELOG_COLUMNS: Schema = [
  { name: 'op', type: TEXT },
  { name: 'rw_timestamp', type: INT8 },
  { name: '_rw_sequence', type: INT8 },
]

const WORDS: Readonly<Record<Change, string>> = {
  insert: 'Insert',
  delete: 'Delete',
  'update from': 'UpdateDelete',
  'update to': 'UpdateInsert',
}

/** Numbers of one millisecond. */
const PER_MS = 1n << 20n

/**
 * The net changes of the input as rows: one an epoch and row (Insert, Delete; a key that is in both: UpdateDelete, then
 * UpdateInsert), with the barrier's time and an ascending number. Rows older than `keepMs` are taken back.
 */
export const changelog: OperatorKind<'changelog'> = {
  kind: 'changelog',
  create({ key, keepMs: kept }, context) {
    let keepMs = kept
    const input = context.inputs[0]!
    const schema = [...input, ...CHANGELOG_COLUMNS]
    const [op, time, sequence] = [input.length, input.length + 1, input.length + 2]
    const log = context.table('log', {
      schema,
      mode: 'keyed',
      key: [sequence],
      shard: [],
      indexes: [
        { kind: 'ordered', prefix: [], order: [{ column: sequence, descending: false, nullsFirst: false }] },
      ],
    })
    const numbered = log.orderedIndex(0)
    const none = chunkOf([], [[]])
    const changes = epochChange(input, key)
    const types = schema.map(field => field.type)
    const out = new ChunkBuilder(types)
    const row = new ChunkBuilder(types)
    let next = 0n

    const write = (from: { readonly columns: readonly Column[] }, at: number, word: string, now: number) => {
      row.length = 0
      for (const column of row.columns) column.clear()
      row.copyRow(0, from.columns, at)
      row.columns[op]!.set(0, word)
      row.columns[time]!.set(0, BigInt(now))
      row.columns[sequence]!.set(0, next++)
      log.insert(row, 0)
      out.copyRow(0, row.columns, 0)
      out.push(1)
    }

    const expire = (now: number): void => {
      for (;;) {
        const id = numbered.rows(none, 0, [])?.first() ?? -1
        if (id === -1 || Number(log.valueAt(id, time)) > now - keepMs) return
        out.copyRow(0, log.columns, id)
        out.push(-1)
        log.remove(id)
      }
    }

    const append = (now: number): void => {
      const last = numbered.rows(none, 0, [])?.last() ?? -1
      const after = last === -1 ? 0n : (log.valueAt(last, sequence) as bigint) + 1n
      next = [next, after, BigInt(now) * PER_MS].reduce((a, b) => (a > b ? a : b))
      eachChange(changes, key, (from, row, change) => write(from, row, WORDS[change], now))
    }

    return {
      tables: [log],
      retain(ms) {
        keepMs = ms
      },
      push(_port, chunk) {
        changes.collect(chunk)
      },
      barrier(emit) {
        const now = context.now()
        expire(now)
        if (changes.size > 0) append(now)
        changes.seal()
        const chunk = out.take()
        if (chunk !== undefined) emit(chunk)
      },
    }
  },
}
