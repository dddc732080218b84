import type { Catalog, Relation } from '../../planner/catalog.ts'
import {
  type ColumnSyntax,
  type Name,
  parseStoredExpression,
  type SequenceSyntax,
} from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import { quoteIdent, quoteText } from '../../types/sql-text.ts'
import { targetSchema } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import { changedSequence, createSequence, newSequence } from './sequence.ts'

/** A column that is numbered, and the sequence made for it. */
interface Serial {
  readonly column: string
  readonly sequence: Name
}

/**
 * Makes a table, or columns of one, with sequences for the serial and identity columns. They are there before what `make` makes of
 * the columns with their defaults; then they are the table's, or, when it fails, they go.
 */
export async function withSerials(
  table: Name,
  columns: readonly ColumnSyntax[],
  context: StatementContext,
  make: (columns: readonly ColumnSyntax[]) => Promise<Result>,
): Promise<Result> {
  if (!columns.some(isNumbered)) return make(columns)
  const serials: Serial[] = []
  try {
    for (const column of columns)
      if (isNumbered(column)) serials.push(await createSerial(table, column, context))
    const made = await make(columns.map(column => numbered(column, serials)))
    await ownSerials(table, serials, context)
    return made
  } catch (error) {
    await dropSerials(serials, context)
    throw error
  }
}

/** Makes the sequence of a column, under the first free name of PostgreSQL's form. */
async function createSerial(table: Name, column: ColumnSyntax, context: StatementContext): Promise<Serial> {
  const schema = targetSchema(context, table)
  const options = optionsOf(column, table.name)
  const name = freeName(table.name, column.name, schema, context.catalogs.current, context)
  const sequence = { schema, name, position: table.position }
  const text = `CREATE SEQUENCE ${name} AS ${options.type}`
  const syntax = { ...options, kind: 'create sequence', name: sequence, ifNotExists: false } as const
  await createSequence(syntax, text, context)
  return { column: column.name, sequence }
}

/** Whether a sequence of its own numbers the column. */
export function isNumbered({ serial, identity }: ColumnSyntax): boolean {
  return serial !== undefined || identity !== undefined
}

/** The catalog with a sequence for a column of a table that is there. */
export function withSerial(
  table: Relation,
  column: ColumnSyntax,
  at: number,
  catalog: Catalog,
  context: StatementContext,
): { readonly catalog: Catalog; readonly column: ColumnSyntax } {
  const options = optionsOf(column, table.name)
  const { database, schema, owner } = table
  const name = freeName(table.name, column.name, schema, catalog, context)
  const made = newSequence(options, `CREATE SEQUENCE ${name} AS ${options.type}`, context)
  const place = { id: catalog.nextId, database, schema, name, owner, createdAtMs: Date.now() }
  const sequence = { ...made.sequence!, ownedBy: { table: table.id, column: at } }
  const next = catalog.with({ ...made, ...place, sequence })
  const named = numberedBy(column, schema, name)
  // The name means something as soon as the catalog is written.
  const node = parseStoredExpression(`nextval(${place.id}::regclass)`)
  return { catalog: next, column: { ...named, default: { ...named.default!, node } } }
}

/** The sequence's options. Throws for a column that it cannot number. */
function optionsOf(
  column: ColumnSyntax,
  table: string,
): SequenceSyntax & { readonly type: 'int2' | 'int4' | 'int8' } {
  const { name, type, identity } = column
  const twice = (what: string) =>
    new SqlError('syntax_error', `${what} specified for column "${name}" of table "${table}"`)
  if (column.default !== undefined)
    throw twice(identity === undefined ? 'multiple default values' : 'both default and identity')
  if (column.generated !== undefined) throw twice('both identity and generation expression')
  if (column.serial && identity) throw twice('both default and identity')
  if (type.name !== 'int2' && type.name !== 'int4' && type.name !== 'int8')
    throw new SqlError('invalid_parameter_value', 'identity column type must be smallint, integer, or bigint')
  return { ...identity?.options, type: type.name }
}

function freeName(
  table: string,
  column: string,
  schema: string,
  catalog: Catalog,
  { session }: StatementContext,
): string {
  for (let n = 0; ; n++) {
    const name = `${table}_${column}_seq${n === 0 ? '' : n}`
    if (catalog.byName(session.database, schema, name) === undefined) return name
  }
}

/** The column with its default. */
function numbered(column: ColumnSyntax, serials: readonly Serial[]): ColumnSyntax {
  const serial = serials.find(s => s.column === column.name)
  return serial === undefined ? column : numberedBy(column, serial.sequence.schema!, serial.sequence.name)
}

function numberedBy(column: ColumnSyntax, schema: string, name: string): ColumnSyntax {
  const path = [schema, name].map(quoteIdent).join('.')
  const text = `nextval(${quoteText(path)}::regclass)`
  return { ...column, default: { node: parseStoredExpression(text), text, position: () => undefined } }
}

/** Gives the sequences to the table: they go with it. Those that none of its columns draws from go at once. */
async function ownSerials(table: Name, serials: readonly Serial[], context: StatementContext): Promise<void> {
  const { database } = context.session
  const schema = targetSchema(context, table)
  await changeCatalog(context, '', catalog => {
    const owner = catalog.byName(database, schema, table.name)
    return serials.reduce((next, { column, sequence }) => {
      const made: Relation | undefined = next.byName(database, schema, sequence.name)
      if (made?.sequence === undefined) return next
      const at = owner?.columns.findIndex(c => c.name === column && c.uses?.includes(made.id)) ?? -1
      if (owner === undefined || at === -1) return next.without([made.id])
      const { sequence: drawn } = changedSequence(made, {}, context)
      return next.with({ ...made, sequence: { ...drawn!, ownedBy: { table: owner.id, column: at } } })
    }, catalog)
  })
}

/** Takes the sequences away again: their table was not made. */
async function dropSerials(serials: readonly Serial[], context: StatementContext): Promise<void> {
  const { database } = context.session
  await changeCatalog(context, '', catalog =>
    catalog.without(
      serials.flatMap(({ sequence: { schema, name } }) => catalog.byName(database, schema!, name)?.id ?? []),
    ),
  )
}
