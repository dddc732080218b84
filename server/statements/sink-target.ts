import { type Relation, writablePositions } from '../../planner/catalog.ts'
import type { StreamPlan } from '../../planner/contract.ts'
import { assign } from '../../planner/dml/assign.ts'
import { asksSession, columnAt, defaultOf, generate, rejectDuplicates } from '../../planner/dml/columns.ts'
import { asksOfRows, defaultValue } from '../../planner/domain.ts'
import { call, column as columnOf, conjunction, readsNow, timedBy } from '../../planner/expressions.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { BOOL, fieldsOf } from '../../types/type.ts'
import { bindContext } from './bind.ts'
import type { StatementContext } from './contract.ts'
import { nodeAfter, presentTime } from './create.ts'

/** What a sink delivers. */
export interface SinkInput {
  readonly plan: StreamPlan
  readonly dependsOn: readonly number[]
}

/**
 * The plan whose rows are those of the table: values for `columns` ([]: the first ones that are not generated) as an INSERT
 * would assign them, the others by default. Throws when the table cannot hold them or feeds the sink itself.
 */
export function intoTable(
  input: SinkInput,
  target: Relation,
  columns: readonly string[],
  context: StatementContext,
): StreamPlan {
  checkTarget(input, target, context)
  const { nodes, schema } = input.plan
  const wanted = columns.length > 0 ? namedColumns(columns, target) : writablePositions(target)
  if (schema.length > wanted.length || (columns.length > 0 && schema.length < wanted.length))
    throw new SqlError(
      'datatype_mismatch',
      `columns of the sink do not match those of table "${target.name}"`,
    )
  const binding = bindContext(context, { position: () => undefined }, 'stream')
  const values = target.columns.map((column, i) => {
    const from = wanted.indexOf(i)
    const field = schema[from]
    if (field === undefined) {
      const own = defaultValue(column, context.catalogs.current)
      if (own !== undefined && asksSession(own))
        throw notSupported(`a sink that leaves column "${column.name}" to its default`)
      return defaultOf(own, column.type, binding)
    }
    return assign(columnOf(from, field.type), column, binding, undefined)
  })
  const rows = generate(target, values)
  const same = rows.length === schema.length && rows.every((e, i) => e.kind === 'column' && e.index === i)
  const taken = conjunction(takenRows(target, rows))
  if (same && taken === undefined) return input.plan
  const fields = fieldsOf(target.columns)
  const key = input.plan.key.map(i => wanted[i]!)
  const timed = rows.some(readsNow) ? [...nodes, presentTime(nodes, schema)] : nodes
  const spec = {
    kind: 'project',
    columns: rows.map(e => timedBy(e, schema.length)),
    ...(taken !== undefined && { predicate: timedBy(taken, schema.length) }),
  } as const
  return {
    ...input.plan,
    key,
    schema: fields,
    nodes: [...timed, nodeAfter(timed, timed.at(-1)!, spec, fields, 'any')],
  }
}

/** What a row must be for columns that are NOT NULL; a sink has nobody to tell, so other rows are passed over. */
function takenRows({ columns, key }: Relation, rows: readonly Expression[]): readonly Expression[] {
  return columns.flatMap(({ notNull }, i) =>
    notNull && !key.includes(i) ? [call('is not null', [rows[i]!], BOOL)] : [],
  )
}

function namedColumns(names: readonly string[], target: Relation): number[] {
  const found = names.map(name => columnAt(target, name, undefined))
  rejectDuplicates(names)
  const generated = found.find(i => target.columns[i]!.generated !== undefined)
  if (generated !== undefined)
    throw new SqlError(
      'syntax_error',
      `cannot sink into generated column "${target.columns[generated]!.name}"`,
    )
  return found
}

/** A table takes a sink's rows when it can hold each of them and every retraction, and does not feed the sink itself. */
function checkTarget({ plan, dependsOn }: SinkInput, target: Relation, context: StatementContext): void {
  const { name } = target
  if (target.kind !== 'table')
    throw new SqlError('wrong_object_type', `cannot sink into ${target.kind} "${name}"`)
  if (target.constraints !== undefined || asksOfRows(target.columns, context.catalogs.current))
    throw notSupported(`a sink into table "${name}", which has constraints,`)
  if (context.catalogs.current.referencesTo(target.id).length > 0)
    throw notSupported(`a sink into table "${name}", which a foreign key refers to,`, {
      hint: 'Foreign keys are held for rows that INSERT, UPDATE, DELETE, MERGE and COPY write.',
    })
  if (!plan.appendOnly && (target.appendOnly || !target.declaredKey))
    throw new SqlError(
      'wrong_object_type',
      'Only append-only sinks can sink to a table without primary keys.',
      {
        detail: target.appendOnly
          ? `The query takes rows back, and table "${name}" is append-only.`
          : `The query takes rows back, and nothing tells which of equal rows of table "${name}" is meant.`,
        hint: "Use type = 'append-only' with force_append_only = 'true', or a table with a primary key.",
      },
    )
  const seen = new Set<number>()
  const upstream = (id: number): void => {
    if (id === target.id)
      throw new SqlError('invalid_recursion', 'Creating such a sink will result in circular dependency.', {
        detail: `The sink would read what it writes into table "${name}".`,
      })
    if (seen.has(id)) return
    seen.add(id)
    const { current } = context.catalogs
    for (const before of current.byId(id)?.dependsOn ?? []) upstream(before)
    for (const sink of current.relations) if (sink.into === id) upstream(sink.id)
  }
  for (const id of dependsOn) upstream(id)
}
