import { compileProjection } from '../../executor/expression/compile.ts'
import { ownedChunk } from '../../executor/owned-chunk.ts'
import type { Privilege } from '../../planner/access.ts'
import { uniquesOf } from '../../planner/constraint-def.ts'
import type { BindContext, PgNode } from '../../planner/contract.ts'
import {
  type BoundDml,
  planDelete,
  planDml,
  planInsert,
  planMerge,
  planUpdate,
} from '../../planner/dml/bind.ts'
import type { Fragment } from '../../planner/parse/index.ts'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Chunk } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import type { Job } from '../../types/job.ts'
import { toJson } from '../../types/json.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { changeLocks } from '../foreign-keys/change-locks.ts'
import { keyOf } from '../foreign-keys/key-values.ts'
import { bindContext } from './bind.ts'
import type { Prepared, Result, StatementContext } from './contract.ts'
import { cursorOf, ofCursorRow, ofNoRow } from './current-of.ts'
import { checksOf, rejectNulls } from './kept-out.ts'
import { rebinding, sameResult } from './rebinding.ts'
import { tellingColumns } from './row-id-column.ts'
import { rejectTaken } from './taken-keys.ts'
import { requireInViews } from './view-checks.ts'
import { whileChanging } from './while-allowed.ts'
import { type Effects, type Replaced, writeEffects } from './write-effects.ts'

export type DmlKind = 'insert' | 'update' | 'delete' | 'merge' | 'truncate'

const PLANS = {
  insert: planInsert,
  update: planUpdate,
  delete: planDelete,
  merge: planMerge,
  truncate: (node: PgNode, context: BindContext) => planDelete(node, context, 'truncate'),
}

/** INSERT, UPDATE, DELETE, MERGE: acknowledged when durable and visible. */
export function prepareDml(
  kind: DmlKind,
  statement: Fragment,
  context: StatementContext,
  types: readonly (Type | undefined)[],
): Prepared {
  const cursor = cursorOf(statement)
  const known = cursor === undefined ? statement : ofNoRow(statement)
  const bind = rebinding(context, () => bindDml(kind, known, context, types))
  const { returning: told, parameters, written } = bind()
  if (cursor !== undefined && written.length > 1)
    throw new SqlError('feature_not_supported', 'WHERE CURRENT OF on a view is not implemented')
  return {
    schema: told?.schema,
    parameters,
    async run(values): Promise<Result> {
      const run = () => {
        const bound = bind()
        sameResult(told?.schema, bound.returning?.schema)
        if (cursor === undefined) return change(bound, values, context)
        const placed = ofCursorRow(statement, cursor, bound.table, context)
        return change(bindDml(kind, placed, context, parameters), values, context)
      }
      // By the time that it need not wait any more, a view may be of another table.
      const changing = () => {
        const now = bind()
        const tables = [now.table.id]
        const keys = changeLocks([now], context.catalogs.current)
        return { tables, read: isBlind(now) ? [] : tables, keys }
      }
      return whileChanging(changing, context, run)
    },
  }
}

/** Binds a change of a table. Throws 42809 for what cannot be changed so. */
export function bindDml(
  kind: DmlKind,
  statement: Fragment,
  context: StatementContext,
  types: readonly (Type | undefined)[],
  shared?: Pick<BindContext, 'returned' | 'inferred'>,
): BoundDml {
  const binding = { ...bindContext(context, statement, 'batch', types), ...shared }
  const bound = PLANS[kind](statement.node, binding)
  for (const { relation, owner, placeOf } of bound.written)
    for (const privilege of rightsFor(kind, bound)) {
      const may = binding.authorize?.(relation, privilege, owner)
      if (privilege === 'insert' || privilege === 'update')
        for (const column of binding.sets?.[privilege] ?? []) may?.(placeOf(column))
    }
  return bound
}

function rightsFor(kind: DmlKind, { onConflict }: BoundDml): readonly Privilege[] {
  if (kind === 'merge') return ['insert', 'update', 'delete']
  if (kind === 'truncate') return ['truncate']
  return kind === 'insert' && onConflict === 'update' ? ['insert', 'update'] : [kind]
}

async function change(bound: BoundDml, values: readonly Value[], context: StatementContext): Promise<Result> {
  const effects = await effectsOf(bound, values, context)
  await writeEffects([effects], context)
  return effects.result
}

/** Computes a change from the rows at the last commit. */
export async function effectsOf(
  bound: BoundDml,
  values: readonly Value[],
  context: StatementContext,
): Promise<Effects> {
  const { table, tag } = bound
  const { job, returning } = planDml(bound, values, context.now())
  if (isBlind(bound) && returning === undefined) return insertsOf(bound, job, context)
  const found: Effect[] = []
  for await (const chunk of context.runtime.query(job, context.signal)) addEffects(chunk, bound, found)
  // A key is freed before another row takes it.
  const effects = once(found, bound).toSorted((a, b) => Math.sign(a.weight) - Math.sign(b.weight))
  const types = table.columns.map(column => column.type)
  const changes = chunksOf(effects, types)
  for (const chunk of changes) rejectNulls(chunk, table)
  const added = effects.filter(({ weight }) => weight > 0)
  const held = checksOf(table, context)
  if (held !== undefined)
    for (const chunk of added.length === effects.length ? changes : chunksOf(added, types)) held(chunk)
  if (uniquesOf(table).length > 0) {
    const removed = effects.filter(({ weight }) => weight < 0)
    await rejectTaken(table, added.map(rowOf), removed.map(rowOf), context)
  }
  await requireInViews(bound, added.map(rowOf), context)
  const counted = effects.filter(effect => effect.counted)
  const count = counted.reduce((sum, { weight }) => sum + Math.abs(weight), 0)
  const result = { tag: tag === 'INSERT' ? `INSERT 0 ${count}` : `${tag} ${count}` }
  const made = { table, changes, references: bound.references, ...lost(effects, bound) }
  if (returning === undefined) return { ...made, result }
  const rows = counted.flatMap(({ row, beside, weight }) =>
    new Array<readonly Value[]>(Math.abs(weight)).fill([...row, ...beside]),
  )
  if (rows.length === 0) return { ...made, result: { ...result, rows: [] } }
  if (returning.job !== undefined) {
    const shown: Chunk[] = []
    for await (const chunk of context.runtime.query(returning.job(rows), context.signal))
      shown.push(ownedChunk(chunk))
    return { ...made, result: { ...result, rows: shown } }
  }
  const run = compileProjection(returning.columns, [], { mode: 'batch', onError: () => {} })
  const shown = run(chunkOf([...types, ...(bound.beside ?? [])], rows))
  return { ...made, result: { ...result, rows: shown === undefined ? [] : [shown] } }
}

/** What those that refer to the table ask of a change. */
function lost(
  effects: readonly Effect[],
  { table, tag, references, tellsReplaced }: BoundDml,
): Pick<Effects, 'removed' | 'replaced'> {
  if (references.length === 0) return {}
  const replaced = effects.flatMap(({ row, before }): Replaced[] =>
    before === undefined ? [] : [{ before, after: row }],
  )
  // Without being told, no key that is referred to is changed.
  if (tag !== 'DELETE' && tag !== 'MERGE') return { replaced }
  const tells = tellingColumns(table)
  const stay = tellsReplaced ? new Set(replaced.map(({ before }) => keyOf(before, tells))) : new Set()
  const gone = effects.filter(({ weight, row }) => weight < 0 && !stay.has(keyOf(row, tells)))
  return { replaced, removed: gone.map(rowOf) }
}

/** Rows only come, whatever the table has. */
function isBlind({ table, tag, onConflict, viewChecks }: BoundDml): boolean {
  return (
    tag === 'INSERT' && onConflict === undefined && uniquesOf(table).length === 0 && viewChecks.length === 0
  )
}

/** The plan's rows as they come. */
async function insertsOf(
  { table, references }: BoundDml,
  job: Job,
  context: StatementContext,
): Promise<Effects> {
  const changes: Chunk[] = []
  const held = checksOf(table, context)
  let count = 0
  for await (const chunk of context.runtime.query(job, context.signal)) {
    const { columns, weights, length } = chunk
    const rows = { columns: columns.slice(0, table.columns.length), weights, length, owned: true } as const
    rejectNulls(rows, table)
    held?.(rows)
    changes.push(rows)
    for (let row = 0; row < length; row++) count += weights[row]!
  }
  return { table, changes, references, result: { tag: `INSERT 0 ${count}` } }
}

const rowOf = ({ row }: Effect): readonly Value[] => row

const CHUNK_ROWS = 1 << 14

function chunksOf(effects: readonly Effect[], types: readonly Type[]): Chunk[] {
  const chunks: Chunk[] = []
  for (let from = 0; from < effects.length; from += CHUNK_ROWS) {
    const part = effects.slice(from, from + CHUNK_ROWS)
    const rows = part.map(effect => effect.row)
    chunks.push(
      chunkOf(
        types,
        rows,
        part.map(effect => effect.weight),
      ),
    )
  }
  return chunks
}

interface Effect {
  readonly row: readonly Value[]
  /** Of the relations of USING or FROM, for RETURNING. */
  readonly beside: readonly Value[]
  /** The row whose place it takes; undefined: none, or nobody asks. */
  readonly before: readonly Value[] | undefined
  readonly weight: number
  readonly counted: boolean
}

/** Behind the table's columns the plan's rows have `weight`, `counted`, what else RETURNING may read, and the rows replaced. */
function addEffects(chunk: Chunk, { table, beside = [], tellsReplaced }: BoundDml, into: Effect[]): void {
  const width = table.columns.length
  const columns = chunk.columns.slice(0, width)
  const others = chunk.columns.slice(width + 2, width + 2 + beside.length)
  const replaced = chunk.columns.slice(width + 2 + beside.length)
  const tells = tellingColumns(table)
  for (let row = 0; row < chunk.length; row++) {
    const weight = (cellValue(chunk.columns[width]!, row) as number) * chunk.weights[row]!
    const isNext = tellsReplaced && weight > 0 && tells.every(c => replaced[c]!.nulls?.[row] !== 1)
    into.push({
      row: columns.map(column => cellValue(column, row)),
      beside: others.map(column => cellValue(column, row)),
      before: isNext ? replaced.map(column => cellValue(column, row)) : undefined,
      weight,
      counted: cellValue(chunk.columns[width + 1]!, row) === true,
    })
  }
}

/** ON CONFLICT DO NOTHING takes the first of equal keys; what would change a row twice is refused. */
function once(effects: readonly Effect[], bound: BoundDml): readonly Effect[] {
  const { table, onConflict, tag, arbiters = [{ columns: table.key }] } = bound
  const isAsked = onConflict !== undefined || tag === 'MERGE'
  if (!isAsked || arbiters.every(({ columns }) => columns.length === 0)) return effects
  const sign = tag === 'MERGE' ? -1 : 1
  const seen = new Set<string>()
  return effects.filter(({ row, weight }) => {
    if (Math.sign(weight) !== sign) return true
    const keys = arbiters.flatMap(({ columns, nullsNotDistinct }, i) => {
      const values = columns.map(k => row[k])
      return values.includes(null) && !nullsNotDistinct ? [] : [toJson([i, ...values])]
    })
    if (!keys.some(key => seen.has(key))) {
      for (const key of keys) seen.add(key)
      return true
    }
    if (onConflict === 'nothing') return false
    const command = tag === 'MERGE' ? 'MERGE' : 'ON CONFLICT DO UPDATE'
    throw new SqlError('cardinality_violation', `${command} command cannot affect row a second time`, {
      hint:
        tag === 'MERGE'
          ? 'Ensure that not more than one source row matches any one target row.'
          : 'Ensure that no rows proposed for insertion within the same command have duplicate constrained values.',
    })
  })
}
