import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { sameType, type Type } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { PgNode } from '../contract.ts'
import { literal } from '../expressions.ts'
import { as, type Body, body, list, names, str } from './ast.ts'
import { callFunction, isUnknown } from './coerce.ts'
import type { Environment } from './environment.ts'
import { bindExpression } from './expression.ts'
import { bindType } from './type.ts'

/** Functions that make rows of documents; those with `populate` take the row that their result is like. */
const SHAPED = /^(jsonb?)_(to|populate)_(recordset|record)$/

/** A call in FROM whose rows have the columns that the query gives. */
export function populated(
  name: string,
  fields: Body,
  columns: readonly PgNode[],
  env: Environment,
  position: number | undefined,
): { readonly call: Expression; readonly set: boolean } {
  const match = SHAPED.exec(name)
  if (match === null) throw notSupported(`a column definition list for ${name}`, { position })
  const type: Type = {
    name: 'struct',
    fields: columns.map(node => {
      const definition = as(node, 'ColumnDef')!
      return { name: str(definition['colname']), type: bindType(body(definition['typeName']), env) }
    }),
  }
  const nodes = list(fields['args'])
  const isFree = match[2] === 'to' || isNullRecord(nodes[0])
  const base = isFree ? literal(null, type) : likeColumns(bindExpression(nodes[0]!, env), type)
  const documents = nodes.slice(match[2] === 'to' ? 0 : 1).map(arg => bindExpression(arg, env))
  const called = `${match[1]}_populate_${match[3]}`
  return {
    call: callFunction(called, [base, ...documents], env.context, position),
    set: match[3] !== 'record',
  }
}

/** Throws 0A000 for a call that nothing tells the columns of: `json_populate_record(NULL::record, …)` outside of FROM. */
export function refuseNoRow(name: string, args: readonly PgNode[]): void {
  if (SHAPED.exec(name)?.[2] !== 'populate' || !isNullRecord(args[0])) return
  throw new SqlError('feature_not_supported', `could not determine row type for result of ${name}`, {
    hint: 'Provide a non-null record argument, or call the function in the FROM clause using a column definition list.',
  })
}

/** NULL::record: a row of which nothing is known. */
function isNullRecord(node: unknown): boolean {
  const cast = as(node, 'TypeCast')
  if (as(cast?.['arg'], 'A_Const')?.['isnull'] !== true) return false
  return names(body(cast?.['typeName'])['names']).at(-1) === 'record'
}

/** The row, whose fields must have the types of the columns. Throws 42804. */
function likeColumns(base: Expression, { fields: wanted = [] }: Type): Expression {
  const { fields = [] } = base.type
  if (isUnknown(base) || base.type.name !== 'struct') return base
  if (fields.length !== wanted.length) {
    const count = `${fields.length} attribute${fields.length === 1 ? '' : 's'}`
    throw unlike(`Returned row contains ${count}, but query expects ${wanted.length}.`)
  }
  const at = fields.findIndex((field, i) => !sameType(field.type, wanted[i]!.type))
  if (at === -1) return base
  const [own, other] = [typeName(fields[at]!.type), shownName(wanted[at]!.type)]
  throw unlike(`Returned type ${own} at ordinal position ${at + 1}, but query expects ${other}.`)
}

function shownName(type: Type): string {
  return type.name === 'text' && type.label === undefined ? 'text' : typeName(type)
}

function unlike(detail: string): SqlError {
  return new SqlError(
    'datatype_mismatch',
    'function return row and query-specified return row do not match',
    {
      detail,
    },
  )
}
