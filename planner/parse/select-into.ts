import type { PgNode } from '../contract.ts'
import { ofFragment } from './of-fragment.ts'
import { type RangeVar, rangeName } from './range-name.ts'
import type { Fragment, RelationSyntax, Statement } from './statement.ts'

type Body = Readonly<Record<string, unknown>>

/** A query; where it has INTO a table, CREATE TABLE AS. */
export function selectInto(fragment: Fragment, otherwise: string): Statement {
  const select = fragment.node['SelectStmt'] as Body | undefined
  const into = select && (leftmost(select)['intoClause'] as { readonly rel: RangeVar } | undefined)
  if (select === undefined || into === undefined) return ofFragment(fragment, otherwise)
  const query = { ...fragment, node: { SelectStmt: withoutInto(select) } as PgNode }
  const relation: RelationSyntax = {
    name: rangeName(into.rel, fragment),
    ifNotExists: false,
    columns: [],
    primaryKey: [],
    constraints: [],
    watermarks: [],
    appendOnly: false,
    include: [],
    options: {},
    query,
  }
  return { kind: 'create table', relation }
}

/** Where the grammar puts the INTO of a UNION. */
function leftmost(select: Body): Body {
  const left = select['larg'] as Body | undefined
  return left === undefined ? select : leftmost(left)
}

function withoutInto(select: Body): Body {
  const { intoClause: _, ...rest } = select
  const left = select['larg'] as Body | undefined
  return left === undefined ? rest : { ...rest, larg: withoutInto(left) }
}
