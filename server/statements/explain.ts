import type { Command, Runtime } from '../../executor/runtime-contract.ts'
import type { Catalog } from '../../planner/catalog.ts'
import { planDml } from '../../planner/dml/bind.ts'
import { explainJson } from '../../planner/explain/json.ts'
import type { RelationFact } from '../../planner/explain/labels.ts'
import { type Explained, explainText } from '../../planner/explain/text.ts'
import type { Statement } from '../../planner/parse/index.ts'
import { bindQuery, planBatch } from '../../planner/query.ts'
import { chunkOf } from '../../storage/chunk-builder.ts'
import type { Chunk } from '../../types/chunk.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Job, RelationId } from '../../types/job.ts'
import { TEXT, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { bindContext } from './bind.ts'
import type { Prepared, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { bindDml } from './dml.ts'
import { hasChanges } from './with-changes.ts'

const DML_WORDS = { insert: 'insert into', update: 'update', delete: 'delete from', merge: 'merge into' }
const MADE: ReadonlySet<string> = new Set([
  'create table',
  'create source',
  'create view',
  'create sink',
  'create index',
])

interface Planned {
  readonly parameters: readonly Type[]
  /** Undefined: there is nothing to plan. */
  plan(values: readonly Value[]): Promise<Explained | undefined>
}

/** EXPLAIN: the plan of a query, of DML or of a relation that would be made, with the names of its columns. */
export function prepareExplain(
  { statement, options }: StatementOf<'explain'>,
  context: StatementContext,
  types: readonly (Type | undefined)[],
  run: (statement: Statement, context: StatementContext) => Promise<unknown>,
): Prepared {
  const names = new Map<RelationId, string>()
  const noted: StatementContext = {
    ...context,
    systemRelation(schema, name) {
      const found = context.systemRelation(schema, name)
      if (found !== undefined) names.set(found.id, `${found.schema}.${found.name}`)
      return found
    },
  }
  let catalog = context.catalogs.current
  const read =
    statement.kind === 'query' ? statement.query : 'statement' in statement ? statement.statement : undefined
  if (read !== undefined && 'node' in read && hasChanges(read))
    throw notSupported('EXPLAIN of a WITH that changes tables')
  if (options.analyze && statement.kind !== 'query')
    throw notSupported(`EXPLAIN ANALYZE of ${statement.kind.toUpperCase()}`)
  const { parameters, plan } = planned(statement, noted, types, options.analyze, async () => {
    const made = await madeBy(noted, dry => run(statement, dry))
    catalog = made.catalog ?? catalog
    return made.nodes
  })
  const fact = (id: RelationId) => factOf(id, catalog, names)
  return {
    schema: [{ name: 'QUERY PLAN', type: TEXT }],
    parameters,
    async run(values) {
      const explained = await plan(values)
      if (explained === undefined) return { tag: 'EXPLAIN', rows: [] }
      const lines =
        options.format === 'json'
          ? [explainJson(explained, fact)]
          : explainText(explained, fact, options.verbose)
      return {
        tag: 'EXPLAIN',
        rows: [
          chunkOf(
            [TEXT],
            lines.map(line => [line]),
          ),
        ],
      }
    },
  }
}

function planned(
  statement: Statement,
  context: StatementContext,
  types: readonly (Type | undefined)[],
  analyze: boolean,
  made: () => Promise<Explained['nodes'] | undefined>,
): Planned {
  switch (statement.kind) {
    case 'query': {
      const bound = bindQuery(statement.query.node, bindContext(context, statement.query, 'batch', types))
      return {
        parameters: bound.parameters,
        async plan(values) {
          const job = planBatch(bound, values, id => context.runtime.sample(id))
          const run = analyze ? { run: await ran(job, context) } : {}
          return { nodes: job.nodes, stream: false, ...run }
        },
      }
    }
    case 'insert':
    case 'update':
    case 'delete':
    case 'merge': {
      const bound = bindDml(statement.kind, statement.statement, context, types)
      const root = `${DML_WORDS[statement.kind]} ${bound.table.name}`
      return {
        parameters: bound.parameters,
        plan: async values => ({ nodes: planDml(bound, values).job.nodes, root, stream: false }),
      }
    }
    default:
      if (!MADE.has(statement.kind))
        throw new SqlError('syntax_error', `EXPLAIN takes no ${statement.kind.toUpperCase()}`)
      return {
        parameters: [],
        async plan() {
          const nodes = await made()
          return nodes === undefined ? undefined : { nodes, stream: true }
        },
      }
  }
}

/** Runs the query and counts the rows that each node emits. */
async function ran(job: Job, { runtime, signal }: StatementContext): Promise<Explained['run']> {
  const rows = new Map<number, number>()
  const started = performance.now()
  const count = (node: number, { weights, length }: Chunk) => {
    let sum = rows.get(node) ?? 0
    for (let row = 0; row < length; row++) sum += Math.abs(weights[row]!)
    rows.set(node, sum)
  }
  for await (const _ of runtime.query(job, signal, count));
  return { rows, ms: performance.now() - started }
}

/** Runs a CREATE over a runtime that only notes the command, so that the plan is the one that would run. */
async function madeBy(context: StatementContext, run: (dry: StatementContext) => Promise<unknown>) {
  let command: Command | undefined
  let catalog: Catalog | undefined
  const note = (given: Command): Promise<number> => {
    command = given
    return Promise.resolve(context.runtime.epoch)
  }
  const runtime = new Proxy(context.runtime, {
    get(target, name: keyof Runtime) {
      if (name === 'run') return note
      if (name === 'query') return () => []
      const member = target[name]
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  const { catalogs } = context
  await run({
    ...context,
    explained: true,
    runtime,
    catalogs: {
      get current() {
        return catalogs.current
      },
      coming: undefined,
      announce() {},
      exclusive: made => catalogs.exclusive(made),
      update(next) {
        catalog = next
      },
    },
  })
  const job = command?.add?.[0]?.job
  if (command !== undefined && job === undefined) throw notSupported('EXPLAIN of a plain view')
  return { catalog, nodes: job?.nodes }
}

/** What a plan's text says of a relation. */
export function factOf(
  id: RelationId,
  catalog: Catalog,
  systemNames: ReadonlyMap<RelationId, string>,
): RelationFact | undefined {
  const system = systemNames.get(id)
  if (system !== undefined) return { name: system, key: [], read: false }
  const relation = catalog.byId(id)
  if (relation === undefined) return undefined
  const { name, key, columns, options, kind } = relation
  return {
    name,
    key: key.map(i => columns[i]!.name),
    read: options['connector'] !== undefined && kind !== 'sink',
  }
}
