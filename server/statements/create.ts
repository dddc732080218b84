import type { Catalog, ColumnDef, Relation } from '../../planner/catalog.ts'
import type { StreamPlan } from '../../planner/contract.ts'
import { withFragments } from '../../planner/distribution.ts'
import { rejectDuplicates } from '../../planner/dml/columns.ts'
import { column } from '../../planner/expressions.ts'
import type { Name, Statement } from '../../planner/parse/index.ts'
import { isTempSchema, readsTemporary } from '../../planner/temp-schema.ts'
import { refuseVariantsInKey } from '../../planner/variant-keys.ts'
import type { Chunk } from '../../types/chunk.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { GraphNode, Job, OperatorSpec } from '../../types/job.ts'
import { type Schema, TIMESTAMPTZ } from '../../types/type.ts'
import type { Modifier } from '../../types/type-modifier.ts'
import { requireCreate, rightsOf } from '../access/rights.ts'
import { isOn } from '../session/setting-checks.ts'
import { whileRunning } from '../while-running.ts'
import { targetSchema } from './bind.ts'
import { outlivesInput } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import { askedBySession } from './job-settings.ts'
import { changeOf } from './jobs.ts'

/** A statement that takes longer says how far it is. */
const PROGRESS_MS = 2000

/** What every new relation has; the rest is the statement's own. */
export type NewRelation = Omit<Relation, 'id' | 'database' | 'schema' | 'name' | 'owner' | 'createdAtMs'>

/** The result of a CREATE whose name is taken: a notice with IF NOT EXISTS, else 42P07; undefined: the name is free. */
export function takenName(
  context: StatementContext,
  name: Name,
  ifNotExists: boolean,
  tag: string,
): Result | undefined {
  const schema = targetSchema(context, name)
  if (context.explained) return undefined
  if (context.catalogs.current.byName(context.session.database, schema, name.name) === undefined)
    return undefined
  const message = `relation "${name.name}" already exists`
  if (!ifNotExists) throw new SqlError('duplicate_table', message, { position: name.position })
  context.notice(`${message}, skipping`)
  return { tag }
}

/**
 * Makes a relation: refuses a taken name, then catalog and job in one command, so that the statement happened or not.
 * `make` gets the new relation's id; `rows` are those that a table begins with.
 */
export async function createRelation(
  context: StatementContext,
  name: Name,
  ifNotExists: boolean,
  tag: string,
  make: (id: number, catalog: Catalog) => NewRelation,
  rows: readonly Chunk[] = [],
): Promise<Result> {
  return context.catalogs.exclusive(async () => {
    const { database, user, settings } = context.session
    const schema = targetSchema(context, name)
    const taken = takenName(context, name, ifNotExists, tag)
    if (taken !== undefined) return taken
    const { current } = context.catalogs
    requireCreate(rightsOf(context.session, current), current, database, schema)
    const isNew = isTempSchema(schema) && !current.hasSchema(database, schema)
    const catalog = isNew ? current.withSchema(database, schema, user) : current
    const id = catalog.nextId
    const made = make(id, catalog)
    refuseTemporary(made, schema, catalog)
    refuseVariantsInKey(made.key, made.columns)
    if (made.kind === 'table' || made.kind === 'materialized view')
      for (const column of made.columns) rejectSystemName(column.name)
    const job = made.job && { ...made.job, nodes: withFragments(made.job.nodes) }
    const dependsOn = [...new Set([...made.dependsOn, ...indexesRead(job, catalog)])]
    const background = isBackground(made, context)
    const relation = {
      ...made,
      dependsOn,
      ...(background && { background }),
      ...(job && { job, asked: askedBySession(made.kind, name => settings.get(name)) }),
      id,
      database,
      schema,
      name: name.name,
      owner: user,
      createdAtMs: Date.now(),
    }
    const next = catalog.with(relation)
    const change = changeOf(relation, next)
    const run = context.runtime.run(
      {
        catalog: next.toJson(),
        add: change === undefined ? [] : [change],
        ...(background && { background }),
        ...(rows.length > 0 && { rows: [{ table: id, chunks: rows }] }),
      },
      context.signal,
    )
    const report = () => reportProgress(id, tag, name.name, context)
    await whileRunning(run, PROGRESS_MS, report)
    context.catalogs.update(next)
    return { tag }
  })
}

/** A plan may read an index in place of what its query names. */
function indexesRead(job: Job | undefined, catalog: Catalog): readonly number[] {
  return (job?.nodes ?? []).flatMap(({ spec }) =>
    spec.kind === 'input' && catalog.byId(spec.relation)?.index !== undefined ? [spec.relation] : [],
  )
}

const TEMPORARY = new Set<Relation['kind']>(['table', 'view', 'index', 'sequence'])

/** Throws 0A000 for what can be no temporary relation, and for what outlives those that it reads. */
function refuseTemporary(made: NewRelation, schema: string, catalog: Catalog): void {
  const { kind } = made
  if (isTempSchema(schema)) {
    if (!TEMPORARY.has(kind) || made.options['connector'] !== undefined)
      throw notSupported(`a temporary ${kind}${kind === 'table' ? ' with a connector' : ''}`)
    return
  }
  const read = made.into === undefined ? made.dependsOn : [...made.dependsOn, made.into]
  if (readsTemporary(read, catalog)) throw outlivesInput(made)
}

const IN_BACKGROUND = new Set<Relation['kind']>(['materialized view', 'sink', 'index'])

function isBackground({ kind }: NewRelation, { session }: StatementContext): boolean {
  return IN_BACKGROUND.has(kind) && isOn(session.settings.get('background_ddl'))
}

/** Says how far the rows that were there before have been read. */
function reportProgress(id: number, tag: string, name: string, { runtime, notice }: StatementContext): void {
  const job = runtime.progress().find(({ relation }) => relation === id)
  if (job?.state === 'backfilling')
    notice(`${tag} ${name}: ${(job.done * 100).toFixed(1)} % done, ${job.reason}`)
}

/** The plan's nodes and a terminal after them. */
export function streamJob(
  relation: number,
  plan: StreamPlan,
  terminal: OperatorSpec,
  shard: GraphNode['shard'],
): Job {
  const last = plan.nodes.at(-1)!
  return { relation, nodes: [...plan.nodes, nodeAfter(plan.nodes, last, terminal, plan.schema, shard)] }
}

/** What a job begins with: the changes of a relation, or what is written into its own. */
export function firstNode(kind: 'input' | 'source', relation: number, schema: Schema): GraphNode {
  return { id: 1, spec: { kind, relation, schema }, inputs: [], schema, shard: 'any', fragment: 0 }
}

/** Where rows lie: by their key, if they have one. */
export function shardOf(key: readonly number[]): GraphNode['shard'] {
  return key.length > 0 ? [key] : 'one'
}

/** What keeps the rows of a relation. */
export function materialized(relation: number, schema: Schema, key: readonly number[], appends: boolean) {
  const mode = key.length > 0 ? 'keyed' : appends ? 'append' : 'bag'
  const spec = { kind: 'materialize', relation, schema, mode, key } as const
  return { spec, shard: shardOf(key) }
}

/** A node that follows `last`. */
export function nodeAfter(
  nodes: readonly GraphNode[],
  last: GraphNode,
  spec: OperatorSpec,
  schema: Schema,
  shard: GraphNode['shard'],
): GraphNode {
  const id = Math.max(...nodes.map(node => node.id)) + 1
  return { id, spec, inputs: [last.id], schema, shard, fragment: last.fragment }
}

/** The rows of the last node, which are of `schema`, with the present time behind them. */
export function presentTime(nodes: readonly GraphNode[], schema: Schema): GraphNode {
  const from = schema.length
  const spec = { kind: 'complete', from, defaults: [column(from, TIMESTAMPTZ)] } as const
  return nodeAfter(nodes, nodes.at(-1)!, spec, [...schema, { name: 'now', type: TIMESTAMPTZ }], 'any')
}

/** Columns of a query's result, which `modifiers` limit. Throws 42701. */
export function queryColumns(
  schema: Schema,
  names: readonly string[] = [],
  modifiers: readonly (Modifier | undefined)[] = [],
): ColumnDef[] {
  const columns = outputColumns(schema, names, modifiers)
  rejectDuplicates(columns.map(column => column.name))
  return columns
}

/** The same of a view, which may have several columns of one name, as RisingWave has it: only * reads them. */
export function outputColumns(
  schema: Schema,
  names: readonly string[] = [],
  modifiers: readonly (Modifier | undefined)[] = [],
): ColumnDef[] {
  if (names.length > schema.length)
    throw new SqlError('syntax_error', 'CREATE VIEW specifies more column names than columns')
  return schema.map(({ name, type }, i) => {
    const modifier = modifiers[i]
    return { name: names[i] ?? name, type, notNull: false, ...(modifier !== undefined && { modifier }) }
  })
}

export const SYSTEM_COLUMNS: ReadonlySet<string> = new Set([
  'tableoid',
  'ctid',
  'xmin',
  'cmin',
  'xmax',
  'cmax',
])

/** Throws 42701 for a name that PostgreSQL gives to every table. */
export function rejectSystemName(name: string): void {
  if (SYSTEM_COLUMNS.has(name))
    throw new SqlError('duplicate_column', `column name "${name}" conflicts with a system column name`)
}

export type StatementOf<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>
