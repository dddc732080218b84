import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { INT4 } from '../../types/type.ts'
import type { PgNode } from '../contract.ts'
import { equal } from '../expressions.ts'
import { as, type Body, list, str } from './ast.ts'
import { settleText } from './coerce.ts'
import { enclosingGrouping, levelOf } from './enclosing-call.ts'
import { type Environment, placeholder } from './environment.ts'
import { bindExpression } from './expression.ts'

type Keys = readonly Expression[]

const SETS_MAX = 4096
const CUBE_MAX = 12

/** The sets of expressions that GROUP BY groups by: one without GROUPING SETS, CUBE and ROLLUP. */
export function setsOf(
  clause: readonly PgNode[],
  distinct: boolean,
  bind: (node: PgNode) => Expression,
): readonly Keys[] {
  let sets: readonly Keys[] = [[]]
  for (const node of clause) {
    const next = item(node, bind)
    if (sets.length * next.length > SETS_MAX)
      throw new SqlError('statement_too_complex', `too many grouping sets present (maximum ${SETS_MAX})`)
    sets = sets.flatMap(set => next.map(other => [...set, ...other]))
  }
  const unique = sets.map(set => set.filter((e, i) => !set.slice(0, i).some(k => equal(k, e))))
  return distinct ? unique.filter((set, i) => !unique.slice(0, i).some(other => sameSet(set, other))) : unique
}

function item(node: PgNode, bind: (node: PgNode) => Expression): readonly Keys[] {
  const set = as(node, 'GroupingSet')
  if (set === undefined) return [columns(node, bind)]
  const content = list(set['content'])
  switch (set['kind']) {
    case 'GROUPING_SET_EMPTY':
      return [[]]
    case 'GROUPING_SET_ROLLUP': {
      const parts = content.map(n => columns(n, bind))
      return [...parts.keys(), parts.length].reverse().map(count => parts.slice(0, count).flat())
    }
    case 'GROUPING_SET_CUBE': {
      if (content.length > CUBE_MAX)
        throw new SqlError('statement_too_complex', `CUBE is limited to ${CUBE_MAX} elements`)
      const parts = content.map(n => columns(n, bind))
      const all = 2 ** parts.length
      return Array.from({ length: all }, (_, bits) =>
        parts.filter((_, i) => ((all - 1 - bits) & (1 << (parts.length - 1 - i))) !== 0).flat(),
      )
    }
    default:
      return content.flatMap(n => item(n, bind))
  }
}

/** One expression, or those of a list in parentheses. */
function columns(node: PgNode, bind: (node: PgNode) => Expression): Keys {
  const row = as(node, 'RowExpr')
  if (row?.['row_format'] === 'COERCE_IMPLICIT_CAST') return list(row['args']).flatMap(n => columns(n, bind))
  return [bind(node)]
}

function sameSet(a: Keys, b: Keys): boolean {
  return a.length === b.length && a.every(e => b.some(other => equal(e, other)))
}

/** GROUPING(…): which of its arguments a row is not grouped by. */
export function bindGrouping(fields: Body, env: Environment): Expression {
  const position = env.context.position(fields['location'] as number | undefined)
  const nodes = list(fields['args'])
  if (nodes.length > 31)
    throw new SqlError('too_many_arguments', 'GROUPING must have fewer than 32 arguments', { position })
  const inner = { ...env, allow: { aggregates: false, windows: false, sets: false }, clause: 'GROUPING' }
  const args = nodes.map(n => settleText(bindExpression(n, inner), env.context))
  const level = levelOf(args)
  if (level > 0) return enclosingGrouping(args, level, INT4, env, position)
  if (!env.allow.aggregates) {
    const message = `grouping operations are not allowed in ${str(env.clause)}`
    throw new SqlError('grouping_error', message, { position })
  }
  return placeholder('$grouping', env.pending.groupings.push(args) - 1, INT4)
}
