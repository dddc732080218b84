import { compileProjection } from '../../executor/expression/compile.ts'
import type { Catalog, Relation } from '../../planner/catalog.ts'
import { planDelete, planDml, planInsert, planUpdate } from '../../planner/dml.ts'
import type { Fragment } from '../../planner/parse/index.ts'
import { bindQuery, planBatch } from '../../planner/query.ts'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Chunk } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import { type Schema, sameType, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { bindContext } from './bind.ts'
import type { Prepared, Result, StatementContext } from './contract.ts'

/** SELECT, VALUES, WITH: rows at the latest committed epoch. */
export function prepareQuery(
  query: Fragment,
  context: StatementContext,
  types: readonly (Type | undefined)[],
): Prepared {
  const bind = rebinding(context, () => bindQuery(query.node, bindContext(context, query, 'batch', types)))
  const { schema, parameters } = bind()
  return {
    schema,
    parameters,
    async run(values) {
      const bound = bind()
      sameResult(schema, bound.schema)
      const job = planBatch(bound, values)
      return { tag: rows => `SELECT ${rows}`, rows: context.runtime.query(job, context.signal) }
    },
  }
}

/** INSERT, UPDATE, DELETE: acknowledged when durable and visible. */
export function prepareDml(
  kind: 'insert' | 'update' | 'delete',
  statement: Fragment,
  context: StatementContext,
  types: readonly (Type | undefined)[],
): Prepared {
  const plan = { insert: planInsert, update: planUpdate, delete: planDelete }[kind]
  const bind = rebinding(context, () => plan(statement.node, bindContext(context, statement, 'batch', types)))
  const { table, returning: told, parameters } = bind()
  if (table.kind !== 'table')
    throw new SqlError('wrong_object_type', `cannot change ${table.kind} "${table.name}"`)
  if (table.appendOnly && kind !== 'insert')
    throw new SqlError('wrong_object_type', `cannot ${kind} rows of append-only table "${table.name}"`)
  return {
    schema: told?.schema,
    parameters,
    async run(values): Promise<Result> {
      const release = kind === 'insert' ? () => {} : await context.runtime.lock(table.id)
      try {
        const bound = bind()
        const { table } = bound
        sameResult(told?.schema, bound.returning?.schema)
        const { job, returning } = planDml(bound, values)
        const changes: Chunk[] = []
        for await (const chunk of context.runtime.query(job, context.signal)) changes.push(weighted(chunk))
        for (const chunk of changes) rejectNulls(chunk, table)
        const sign = kind === 'delete' ? -1 : 1
        const count = changes.reduce((sum, chunk) => sum + countOf(chunk, sign), 0)
        if (changes.length > 0) await context.runtime.write(table.id, changes)
        const tag = kind === 'insert' ? `INSERT 0 ${count}` : `${bound.tag} ${count}`
        if (returning === undefined) return { tag }
        const run = compileProjection(returning.columns, [], { mode: 'batch', onError: () => {} })
        const shown = changes.map(chunk => run(onlySign(chunk, sign))).filter(chunk => chunk !== undefined)
        return { tag, rows: shown }
      } finally {
        release()
      }
    },
  }
}

/** Binds again when the catalog is another one than the last time. */
function rebinding<T>({ catalogs }: StatementContext, bind: () => T): () => T {
  let bound: { readonly catalog: Catalog; readonly value: T } | undefined
  return () => {
    if (bound?.catalog !== catalogs.current) bound = { catalog: catalogs.current, value: bind() }
    return bound.value
  }
}

/** The client was told of the columns when the statement was prepared. */
function sameResult(told: Schema | undefined, now: Schema | undefined): void {
  const same =
    told?.length === now?.length && (told ?? []).every((field, i) => sameType(field.type, now![i]!.type))
  if (!same) throw new SqlError('feature_not_supported', 'cached plan must not change result type')
}

/** The last column of the plan's rows becomes the weight. Copies: the rows outlive the query. */
function weighted(chunk: Chunk): Chunk {
  const width = chunk.columns.length - 1
  const types = chunk.columns.slice(0, width).map(column => column.type)
  const rows: Value[][] = []
  const weights: number[] = []
  for (let row = 0; row < chunk.length; row++) {
    rows.push(chunk.columns.slice(0, width).map(column => cellValue(column, row)))
    weights.push((cellValue(chunk.columns[width]!, row) as number) * chunk.weights[row]!)
  }
  return chunkOf(types, rows, weights)
}

/** Throws 23502 for a NULL that a column does not take. */
function rejectNulls(chunk: Chunk, table: Relation): void {
  table.columns.forEach(({ name, notNull }, i) => {
    const { nulls } = chunk.columns[i]!
    if (!notNull || nulls === null) return
    for (let row = 0; row < chunk.length; row++) {
      if (nulls[row] !== 1 || chunk.weights[row]! < 0) continue
      const message = `null value in column "${name}" of relation "${table.name}" violates not-null constraint`
      throw new SqlError('not_null_violation', message)
    }
  })
}

function countOf(chunk: Chunk, sign: number): number {
  let count = 0
  for (let row = 0; row < chunk.length; row++)
    if (Math.sign(chunk.weights[row]!) === sign) count += Math.abs(chunk.weights[row]!)
  return count
}

function onlySign(chunk: Chunk, sign: number): Chunk {
  const types = chunk.columns.map(column => column.type)
  const rows: Value[][] = []
  for (let row = 0; row < chunk.length; row++)
    if (Math.sign(chunk.weights[row]!) === sign)
      for (let i = 0; i < Math.abs(chunk.weights[row]!); i++)
        rows.push(chunk.columns.map(column => cellValue(column, row)))
  return chunkOf(types, rows)
}
