import { SqlError } from '../../types/error.ts'
import { column } from '../expressions.ts'
import { schemaOf } from '../plan.ts'
import { as, type Body, body, list, names } from './ast.ts'
import type { BoundRelation } from './environment.ts'

/** The right side of a set operation and what its CORRESPONDING says; `by` []: the names that both sides have. */
export function corresponding(select: Body): {
  readonly select: Body
  readonly by: readonly string[] | undefined
} {
  if (select['larg'] !== undefined) {
    const inner = corresponding(body(select['larg']))
    return inner.by === undefined
      ? { select, by: undefined }
      : { select: { ...select, larg: inner.select }, by: inner.by }
  }
  const [first, ...targets] = list(select['targetList'])
  const mark = as(as(first, 'ResTarget')?.['val'], 'FuncCall')
  if (names(mark?.['funcname']).at(-1) !== 'corresponding') return { select, by: undefined }
  const by = list(mark!['args']).flatMap(arg => names(as(arg, 'ColumnRef')?.['fields']))
  return { select: { ...select, targetList: targets }, by }
}

/** Both sides cut to the columns of those names, in one order. */
export function columnsByName(
  sides: readonly [BoundRelation, BoundRelation],
  by: readonly string[],
): readonly [BoundRelation, BoundRelation] {
  const wanted = by.length > 0 ? by : sides[0].names.filter(name => sides[1].names.includes(name))
  if (wanted.length === 0)
    throw new SqlError(
      'syntax_error',
      'When CORRESPONDING is specified, at least one column of the left side shall have a column name that is the column name of some column of the right side.',
    )
  const [left, right] = sides.map(side => chosen(side, wanted))
  return [left!, right!]
}

function chosen(side: BoundRelation, wanted: readonly string[]): BoundRelation {
  const schema = schemaOf(side.plan)
  const columns = wanted.map(name => {
    const at = side.names.indexOf(name)
    if (at === -1 || side.names.lastIndexOf(name) !== at)
      throw new SqlError(
        'undefined_column',
        `Column name \`${name}\` in CORRESPONDING BY is not found in a side of the UNION operation or more than once.`,
      )
    return column(at, schema[at]!.type)
  })
  return { plan: { op: 'project', input: side.plan, columns, names: wanted }, names: wanted }
}
