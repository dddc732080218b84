import type { Command, JobChange } from '../../executor/runtime-contract.ts'
import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { ForeignKeyDef } from '../../planner/constraint-def.ts'
import type { AlterAction } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { verifiedReferences } from '../foreign-keys/rows-there.ts'
import type { Alteration } from './change-catalog.ts'
import type { StatementContext } from './contract.ts'
import { type Requirement, requireOfRows } from './required-of-rows.ts'

/** What one action of ALTER comes to. */
export interface Step extends Alteration {
  /** Of the rows that the table will have. */
  readonly requires?: readonly Requirement[]
  /** Foreign keys of the table that these rows hold. */
  readonly refers?: readonly ForeignKeyDef[]
}

/** `rows`: the table as its rows are, before the statement. */
type Apply = (
  table: Relation,
  action: AlterAction,
  context: StatementContext,
  rows: Relation,
) => Step | Catalog | undefined

/**
 * The actions of one ALTER, in PostgreSQL's order: what goes, then types, then what comes, then what rows must hold. Each finds the
 * catalog that those before it made. Together they are one change: rows are written anew once, held against everything that is
 * required of them when nothing comes between, and then it happens or it does not.
 */
export function together(
  table: Relation,
  actions: readonly AlterAction[],
  context: StatementContext,
  apply: Apply,
): Alteration | undefined {
  const { current } = context.catalogs
  let catalog = current
  let command: Partial<Command> = {}
  let rewriting: Rewriting | undefined
  const requirements: Requirement[] = []
  const keys: ForeignKeyDef[] = []
  refuseTwoTypes(actions)
  for (const action of ordered(expanded(actions, table))) {
    const seen = { ...context, catalogs: seeing(catalog, context) }
    const made = apply(catalog.byId(table.id)!, action, seen, table)
    if (made === undefined) continue
    const step: Step = 'catalog' in made ? made : { catalog: made }
    catalog = step.catalog
    requirements.push(...(step.requires ?? []))
    keys.push(...(step.refers ?? []))
    const { replace, revise, ...rest } = step.command ?? {}
    const revised = [...(command.revise ?? []), ...(revise ?? [])]
    command = { ...command, ...rest, ...(revised.length > 0 && { revise: lastOfEach(revised) }) }
    for (const { change, stages } of replace ?? [])
      rewriting = { change, ...staged(rewriting, stages, action) }
  }
  if (catalog === current) return undefined
  if (rewriting !== undefined) {
    const { change, types, others } = rewriting
    command = { ...command, replace: [{ change, stages: types === undefined ? others : [types, ...others] }] }
  }
  if (requirements.length + keys.length === 0) return { catalog, command }
  const made = catalog.byId(table.id)!
  const check: Checked['check'] = rows => requireOfRows(made, requirements, rows, context)
  const verify = [
    { relation: table.id, check },
    ...keys.flatMap(key => verifiedReferences(made, key, catalog)),
  ]
  return { catalog, command: { ...command, verify } }
}

type Checked = NonNullable<Command['verify']>[number]

interface Rewriting {
  readonly change: JobChange
  /** Changes of types all read the rows as they were. */
  readonly types: readonly Expression[] | undefined
  /** Each of the others reads the rows that the one before it makes. */
  readonly others: readonly (readonly Expression[])[]
}

function staged(
  before: Rewriting | undefined,
  stages: readonly (readonly Expression[])[],
  action: AlterAction,
): Omit<Rewriting, 'change'> {
  const { types, others = [] } = before ?? {}
  if (action.do !== 'type') return { types, others: [...others, ...stages] }
  // Types come before what else writes rows.
  const [values] = stages
  return { types: types === undefined ? values : retyped(types, values!), others }
}

/** The values with those of one column more; behind them may come what its readers go on to see. */
function retyped(before: readonly Expression[], values: readonly Expression[]): readonly Expression[] {
  return values.map((value, i) => {
    const isKept = value.kind === 'column' && value.index === i
    return isKept ? (before[i] ?? value) : value
  })
}

function lastOfEach(changes: readonly JobChange[]): readonly JobChange[] {
  return [...new Map(changes.map(change => [change.job.relation, change])).values()]
}

function refuseTwoTypes(actions: readonly AlterAction[]): void {
  const columns = actions.flatMap(action => (action.do === 'type' ? [action.column] : []))
  const twice = columns.find((column, i) => columns.indexOf(column) !== i)
  if (twice !== undefined)
    throw new SqlError('feature_not_supported', `cannot alter type of column "${twice}" twice`)
}

/** The catalog as the actions before have made it. */
export function seeing(catalog: Catalog, { catalogs }: StatementContext): StatementContext['catalogs'] {
  return {
    current: catalog,
    coming: undefined,
    announce() {},
    exclusive: run => catalogs.exclusive(run),
    update: next => catalogs.update(next),
  }
}

/** What a new column says of its values are actions of their own; those of one that is there already say nothing. */
function expanded(actions: readonly AlterAction[], table: Relation): readonly AlterAction[] {
  return actions.flatMap((action): AlterAction[] => {
    if (action.do !== 'add column') return [action]
    const { column, ifNotExists } = action
    const isThere = table.columns.some(({ name }) => name === column.name)
    if (ifNotExists && isThere) return [action]
    const { name, primaryKey, keyName, constraints = [], position } = column
    return [
      action,
      ...constraints.map(constraint => ({ do: 'add constraint' as const, constraint })),
      ...(primaryKey ? [{ do: 'add primary key' as const, name: keyName, columns: [name], position }] : []),
    ]
  })
}

function ordered(actions: readonly AlterAction[]): readonly AlterAction[] {
  return actions.toSorted((a, b) => passOf(a) - passOf(b))
}

function passOf(action: AlterAction): number {
  switch (action.do) {
    case 'drop column':
    case 'drop constraint':
    case 'drop identity':
      return 0
    case 'default':
      return action.value === undefined ? 0 : 5
    case 'not null':
      return action.on ? 3 : 0
    case 'type':
      return 1
    case 'add column':
      return 2
    case 'set identity':
      return 3
    case 'add primary key':
      return 4
    case 'add constraint':
      return action.constraint.kind === 'unique' ? 4 : action.constraint.kind === 'check' ? 5 : 6
    case 'add identity':
      return 5
    default:
      return 6
  }
}
