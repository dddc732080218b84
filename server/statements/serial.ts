import type { Relation } from '../../planner/catalog.ts'
import { type ColumnSyntax, type Name, parseStoredExpression } from '../../planner/parse/index.ts'
import { assert } from '../../types/error.ts'
import { quoteIdent, quoteText } from '../../types/sql-text.ts'
import { targetSchema } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { StatementContext } from './contract.ts'
import { createSequence } from './sequence.ts'

/** A column that is numbered, and the sequence made for it. */
export interface Serial {
  readonly column: string
  readonly sequence: Name
}

/** Makes the sequences of serial columns, under the first free name of PostgreSQL's form. */
export async function createSerials(
  table: Name,
  columns: readonly ColumnSyntax[],
  context: StatementContext,
): Promise<readonly Serial[]> {
  const serials: Serial[] = []
  const schema = targetSchema(context, table)
  for (const { name: column, type, serial } of columns) {
    if (serial !== true) continue
    const free = (n: number): string => {
      const name = `${table.name}_${column}_seq${n === 0 ? '' : n}`
      const taken = context.catalogs.current.byName(context.session.database, schema, name) !== undefined
      return taken ? free(n + 1) : name
    }
    const sequence = { schema, name: free(0), position: table.position }
    assert(type.name === 'int2' || type.name === 'int4' || type.name === 'int8', 'a serial column is whole')
    const text = `CREATE SEQUENCE ${sequence.name} AS ${type.name}`
    const syntax = { kind: 'create sequence', name: sequence, ifNotExists: false, type: type.name } as const
    await createSequence(syntax, text, context)
    serials.push({ column, sequence })
  }
  return serials
}

/** The columns with their defaults. */
export function withSerials(
  columns: readonly ColumnSyntax[],
  serials: readonly Serial[],
): readonly ColumnSyntax[] {
  return columns.map(column => {
    const serial = serials.find(s => s.column === column.name)
    if (serial === undefined) return column
    const { schema, name } = serial.sequence
    const path = [schema!, name].map(quoteIdent).join('.')
    const text = `nextval(${quoteText(path)}::regclass)`
    return { ...column, default: { node: parseStoredExpression(text), text, position: () => undefined } }
  })
}

/** Gives the sequences to the table: they go with it. */
export async function ownSerials(
  table: Name,
  serials: readonly Serial[],
  context: StatementContext,
): Promise<void> {
  if (serials.length === 0) return
  const { database } = context.session
  const schema = targetSchema(context, table)
  await changeCatalog(context, '', catalog => {
    const owner = catalog.byName(database, schema, table.name)
    if (owner === undefined) return catalog
    return serials.reduce((next, { column, sequence }) => {
      const made: Relation | undefined = next.byName(database, schema, sequence.name)
      if (made?.sequence === undefined) return next
      const at = owner.columns.findIndex(c => c.name === column)
      return next.with({ ...made, sequence: { ...made.sequence, ownedBy: { table: owner.id, column: at } } })
    }, catalog)
  })
}
