import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { TypeAction } from '../../planner/parse/index.ts'
import { tokenize } from '../../planner/parse/tokens.ts'
import { type EnumDef, mentionsType, numberAfter, type TypeDef, usersOfType } from '../../planner/type-def.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { toJson } from '../../types/json.ts'
import { quoteText } from '../../types/sql-text.ts'
import type { EnumLabel } from '../../types/type.ts'
import { userTypeName } from '../../types/type-names.ts'
import type { Alteration } from './change-catalog.ts'
import type { StatementContext } from './contract.ts'
import { changeOf } from './jobs.ts'

type Action<Do extends TypeAction['do']> = Extract<TypeAction, { readonly do: Do }>

const LABEL_BYTES_MAX = 63

/** The labels of a new enum. */
export function firstLabels(type: number, names: readonly string[]): readonly EnumLabel[] {
  for (const [i, name] of names.entries()) {
    requireLabel(name)
    if (names.indexOf(name) < i)
      throw new SqlError(
        'unique_violation',
        'duplicate key value violates unique constraint "pg_enum_typid_label_index"',
        { detail: `Key (enumtypid, enumlabel)=(${type}, ${name}) already exists.` },
      )
  }
  const first = numberAfter({ id: type } as TypeDef)
  return names.map((name, i) => ({ id: first + i, name, place: i + 1 }))
}

/** ADD VALUE: jobs that compute with labels go on with the state they have, and know one more. */
export function withValue(
  type: TypeDef,
  { label, ifNotExists, beside }: Action<'add value'>,
  catalog: Catalog,
  context: StatementContext,
): Alteration | undefined {
  requireEnum(type)
  requireLabel(label)
  const { labels } = type
  if (labels.some(({ name }) => name === label)) {
    if (!ifNotExists) throw taken(label)
    context.notice(`enum label "${label}" already exists, skipping`)
    return undefined
  }
  const at = beside === undefined ? labels.length : indexOf(labels, beside.label) + (beside.before ? 0 : 1)
  const added = { id: catalog.nextId, name: label, place: placeBetween(labels[at - 1], labels[at]) }
  const next = catalog.withType({ ...type, labels: labels.toSpliced(at, 0, added) })
  const revised = usersOfType(type.id, catalog).relations.filter(r => computesWith(r, type.id))
  requireQuiet(revised, type, context)
  const revise = revised.flatMap(({ id }) => changeOf(next.byId(id)!, next) ?? [])
  return { catalog: next, ...(revise.length > 0 && { command: { revise } }) }
}

/** Halfway between two labels; places of others stay, so nothing is written anew. */
function placeBetween(before: EnumLabel | undefined, after: EnumLabel | undefined): number {
  if (after === undefined) return (before?.place ?? 0) + 1
  if (before === undefined) return after.place - 1
  const place = (before.place + after.place) / 2
  if (place > before.place && place < after.place) return place
  throw new SqlError('program_limit_exceeded', 'there is no place between the labels any more', {
    detail: `Between "${before.name}" and "${after.name}" as many were added as numbers can tell apart.`,
  })
}

/** RENAME VALUE: values are places, so only texts know the name. Throws 0A000 where one was computed or written with it. */
export function withRenamedValue(
  type: TypeDef,
  { from, to }: Action<'rename value'>,
  catalog: Catalog,
): Catalog {
  requireEnum(type)
  requireLabel(to)
  const { labels } = type
  const at = indexOf(labels, from)
  if (labels.some(({ name }) => name === to)) throw taken(to)
  const user = usersOfType(type.id, catalog).relations.find(r => computesWith(r, type.id))
  const writer = user ?? catalog.relations.find(r => textsOf(r).some(text => says(text, from)))
  if (writer !== undefined)
    throw notSupported(`another name for a label that ${writer.kind} ${writer.name} may have as text`)
  return catalog.withType({ ...type, labels: labels.with(at, { ...labels[at]!, name: to }) })
}

/** Whether a running job does more with values of the type than to compare and to hand them on. */
function computesWith({ options, job }: Relation, id: number): boolean {
  if (job === undefined) return false
  return options['connector'] !== undefined || job.nodes.some(({ spec }) => callsOn(spec, id))
}

const COMPARING =
  /^(?:[=<>]|<>|<=|>=)\(|^(?:and|or|in|case|coalesce|row|field|array|is (?:not )?(?:null|distinct from))$/

function callsOn(data: unknown, id: number): boolean {
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return false
  const { kind, fn } = data as { kind?: unknown; fn?: unknown }
  if (kind === 'call' && !COMPARING.test(String(fn)) && mentionsType(data, id)) return true
  return Object.values(data).some(value => callsOn(value, id))
}

/** Functions in JavaScript have their types in a text of the job. */
function hasInText({ job }: Relation, id: number): boolean {
  return toJson(job).includes(`\\"id\\":${id},\\"schema\\"`)
}

/** Throws 0A000 for connectors and functions in JavaScript, which are told types when they start, and 55006 for a job that is not complete. */
function requireQuiet(relations: readonly Relation[], type: TypeDef, { runtime }: StatementContext): void {
  const bound = relations.find(r => r.options['connector'] !== undefined || hasInText(r, type.id))
  if (bound !== undefined)
    throw notSupported(`another label of type ${userTypeName(type)}, which ${bound.kind} ${bound.name} uses`)
  const busy = relations.find(({ id }) => runtime.isBackfilling(id))
  if (busy !== undefined)
    throw new SqlError('object_in_use', `${busy.kind} "${busy.name}" is not complete yet`, {
      hint: 'Try again when SHOW JOBS does not name it any more.',
    })
}

function textsOf({ kind, query, columns, constraints = [], index }: Relation): readonly string[] {
  return [
    ...(kind === 'view' && query !== undefined ? [query] : []),
    ...columns.flatMap(column => column.expressionSql ?? []),
    ...constraints.flatMap(constraint => (constraint.kind === 'check' ? [constraint.sql] : [])),
    ...(index?.keys.map(key => key.sql) ?? []),
  ]
}

function says(text: string, label: string): boolean {
  return text.includes(quoteText(label)) && tokenize(text).some(t => t.kind === 'string' && t.value === label)
}

function requireEnum(type: TypeDef): asserts type is EnumDef {
  if (type.kind !== 'enum') throw new SqlError('wrong_object_type', `${userTypeName(type)} is not an enum`)
}

function requireLabel(name: string): void {
  if (Buffer.byteLength(name) <= LABEL_BYTES_MAX) return
  throw new SqlError('invalid_name', `invalid enum label "${name}"`, {
    detail: `Labels must be ${LABEL_BYTES_MAX} bytes or less.`,
  })
}

function indexOf(labels: readonly EnumLabel[], name: string): number {
  const at = labels.findIndex(label => label.name === name)
  if (at === -1) throw new SqlError('invalid_parameter_value', `"${name}" is not an existing enum label`)
  return at
}

function taken(name: string): SqlError {
  return new SqlError('duplicate_object', `enum label "${name}" already exists`)
}
