import { ownedChunk } from '../../executor/owned-chunk.ts'
import { as, type Body, body, list, open } from '../../planner/bind/ast.ts'
import type { BoundRelation } from '../../planner/bind/environment.ts'
import type { BindContext, PgNode } from '../../planner/contract.ts'
import type { BoundDml } from '../../planner/dml/bind.ts'
import { literal } from '../../planner/expressions.ts'
import type { Fragment } from '../../planner/parse/index.ts'
import { type Bound, bindQuery, planBatch } from '../../planner/query.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Chunk } from '../../types/chunk.ts'
import { notSupported } from '../../types/error.ts'
import type { Schema, Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { changeLocks } from '../foreign-keys/change-locks.ts'
import { bindContext } from './bind.ts'
import type { Prepared, Result, StatementContext } from './contract.ts'
import { bindDml, type DmlKind, effectsOf } from './dml.ts'
import { rebinding, sameResult } from './rebinding.ts'
import { whileChanging } from './while-allowed.ts'
import { type Effects, writeEffects } from './write-effects.ts'

const KINDS: Readonly<Record<string, DmlKind>> = {
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'merge',
}

/** A statement that changes a table: one of WITH, by its node there, or the main one. */
interface Change {
  readonly node: PgNode
  readonly kind: DmlKind
  readonly statement: PgNode
}

/** The statements of a top WITH that change tables, each after those it may read. */
function changesOf(statement: PgNode): readonly Change[] {
  const ctes = list(body(fieldsOf(statement)['withClause'])['ctes'])
  return ctes.flatMap((cte, i): Change[] => {
    const node = as(cte, 'CommonTableExpr')!['ctequery'] as PgNode
    const [kind, fields] = open(node)
    const change = KINDS[kind]
    if (change === undefined) return []
    const own = list(body(fields['withClause'])['ctes'])
    const withClause = { ...body(fields['withClause']), ctes: [...ctes.slice(0, i), ...own] }
    return [{ node, kind: change, statement: { [kind]: { ...fields, withClause } } }]
  })
}

/** Whether a statement has a WITH that changes tables. */
export function hasChanges({ node }: Fragment): boolean {
  return changesOf(node).length > 0
}

function fieldsOf(statement: PgNode): Body {
  const [kind, fields] = open(statement)
  return kind === 'SelectStmt' || KINDS[kind] !== undefined ? fields : (statement as Body)
}

type Types = readonly (Type | undefined)[]
type Shared = Pick<BindContext, 'returned' | 'inferred'>

interface Whole {
  readonly parts: readonly BoundDml[]
  readonly main: { readonly dml: BoundDml } | { readonly query: Bound }
  readonly schema: Schema | undefined
  readonly parameters: readonly Type[]
}

/**
 * WITH whose statements change tables (PostgreSQL 7.8.4): all parts read the tables as they were before, know of each other
 * only what RETURNING says, and are run once and to their end, whatever is read of them. What they change is in one epoch.
 */
export function prepareWithChanges(
  kind: DmlKind | 'query',
  statement: Fragment,
  context: StatementContext,
  types: Types,
): Prepared {
  const changes = changesOf(statement.node)
  const bindPart = (part: Change, known: Types, shared: Shared): BoundDml =>
    bindDml(part.kind, { ...statement, node: part.statement }, context, known, shared)
  const bindMain = (known: Types, shared: Shared): Whole['main'] => {
    if (kind !== 'query') return { dml: bindDml(kind, statement, context, known, shared) }
    const binding = { ...bindContext(context, statement, 'batch', known), ...shared }
    return { query: bindQuery(statement.node, binding) }
  }
  const bindAll = (): Whole => {
    const returned = new Map<unknown, BoundRelation>()
    // What one part tells of a parameter's type holds for all.
    const shared = { returned, inferred: new Map<number, Type>() }
    const parts = changes.map(part => {
      const bound = bindPart(part, types, shared)
      returned.set(part.node, relationOf(bound, []))
      return bound
    })
    const main = bindMain(types, shared)
    const { parameters } = 'dml' in main ? main.dml : main.query
    const schema = 'dml' in main ? main.dml.returning?.schema : main.query.schema
    return { parts, main, schema, parameters }
  }
  const bind = rebinding(context, bindAll)
  const told = bind()
  return {
    schema: told.schema,
    parameters: told.parameters,
    async run(values): Promise<Result> {
      const whole = bind()
      sameResult(told.schema, whole.schema)
      const change = async (): Promise<Result> => {
        const returned = new Map<unknown, BoundRelation>()
        const shared = { returned, inferred: new Map<number, Type>() }
        const found: Effects[] = []
        for (const part of changes) {
          const bound = bindPart(part, told.parameters, shared)
          const effects = await effectsOf(bound, values, context)
          found.push(effects)
          returned.set(part.node, relationOf(bound, effects.result.rows ?? []))
        }
        const main = bindMain(told.parameters, shared)
        if ('dml' in main) {
          const effects = await effectsOf(main.dml, values, context)
          await writeEffects([...found, effects], context)
          return effects.result
        }
        const rows = await rowsOf(main.query, values, context)
        await writeEffects(found, context)
        return { tag: count => `SELECT ${count}`, rows }
      }
      const changing = () => {
        const now = bind()
        const tables = tablesOf(now)
        return { tables, read: tables, keys: changeLocks(dmlOf(now), context.catalogs.current) }
      }
      return whileChanging(changing, context, change)
    },
  }
}

function dmlOf({ parts, main }: Whole): readonly BoundDml[] {
  return 'dml' in main ? [...parts, main.dml] : parts
}

/** Tables that are changed. Throws 0A000 where a table would be changed twice: what came first is not told. */
function tablesOf(whole: Whole): readonly number[] {
  const all = dmlOf(whole)
  const tables = all.map(part => part.table.id)
  const twice = all.find((part, i) => tables.indexOf(part.table.id) !== i)
  if (twice !== undefined)
    throw notSupported(`a statement that changes table "${twice.table.name}" in two places`)
  return tables
}

function relationOf({ returning }: BoundDml, chunks: Iterable<Chunk>): BoundRelation {
  if (returning === undefined)
    return { plan: { op: 'values', schema: [], rows: [] }, names: [], returnsNothing: true }
  const { schema } = returning
  const rows = [...chunks].flatMap(({ columns, length }) =>
    Array.from({ length }, (_, row) => columns.map((c, i) => literal(cellValue(c, row), schema[i]!.type))),
  )
  return { plan: { op: 'values', schema, rows }, names: schema.map(field => field.name) }
}

async function rowsOf(bound: Bound, values: readonly Value[], { runtime, signal, now }: StatementContext) {
  const rows: Chunk[] = []
  for await (const chunk of runtime.query(planBatch(bound, values, undefined, now()), signal))
    rows.push(ownedChunk(chunk))
  return rows
}
