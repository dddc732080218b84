import type { Expression, JoinType } from '../types/job.ts'
import { sameType } from '../types/type.ts'
import { column, columnsOf, conjunction, conjuncts, functionName, remap } from './expressions.ts'
import { extended, type Plan, schemaOf } from './plan.ts'

interface Key {
  readonly left: Expression
  readonly right: Expression
  readonly nullSafe: boolean
}

/** Joins on a condition over (left columns ++ right columns); its equalities become hash keys. */
export function joinOn(
  type: JoinType,
  left: Plan,
  right: Plan,
  condition: Expression | undefined,
  temporal = false,
): Plan {
  const width = schemaOf(left).length
  const keys: Key[] = []
  const rest: Expression[] = []
  for (const c of conjuncts(condition)) {
    const key = keyOfCondition(c, width)
    if (key === undefined) rest.push(c)
    else keys.push(key)
  }
  const residual = conjunction(rest)
  const l = withColumns(
    left,
    keys.map(k => k.left),
  )
  const r = withColumns(
    right,
    keys.map(k => remap(k.right, i => i - width)),
  )
  const leftWidth = schemaOf(l.plan).length
  const rightWidth = schemaOf(r.plan).length
  const move = (i: number): number => (i < width ? i : i - width + leftWidth)
  const join: Plan = {
    op: 'join',
    type,
    left: l.plan,
    right: r.plan,
    leftKeys: l.at,
    rightKeys: r.at,
    nullSafe: keys.map(k => k.nullSafe),
    ...(residual === undefined ? {} : { residual: remap(residual, move) }),
    ...(temporal ? { temporal } : {}),
  }
  const rightCount = schemaOf(right).length
  if (leftWidth === width && rightWidth === rightCount) return join
  const schema = schemaOf(join)
  const semi = type === 'semi' || type === 'anti'
  const order = Array.from({ length: semi ? width : width + rightCount }, (_, i) => move(i))
  return {
    op: 'project',
    input: join,
    columns: order.map(i => column(i, schema[i]!.type)),
    names: order.map(i => schema[i]!.name),
  }
}

function keyOfCondition(c: Expression, width: number): Key | undefined {
  if (c.kind !== 'call' || c.args.length !== 2) return undefined
  const name = functionName(c.fn)
  if (name !== '=' && name !== 'is not distinct from') return undefined
  const [a, b] = c.args as [Expression, Expression]
  if (!sameType(a.type, b.type)) return undefined
  const nullSafe = name !== '='
  if (side(a, width) === 'left' && side(b, width) === 'right') return { left: a, right: b, nullSafe }
  if (side(a, width) === 'right' && side(b, width) === 'left') return { left: b, right: a, nullSafe }
  return undefined
}

/** Which input an expression reads; undefined: none or both. */
export function side(e: Expression, width: number): 'left' | 'right' | undefined {
  const used = [...columnsOf(e)]
  if (used.length === 0) return undefined
  if (used.every(i => i < width)) return 'left'
  return used.every(i => i >= width) ? 'right' : undefined
}

/** The plan with the expressions as columns: existing ones where they are plain columns, else appended. */
export function withColumns(
  plan: Plan,
  list: readonly Expression[],
): { readonly plan: Plan; readonly at: readonly number[] } {
  const schema = schemaOf(plan)
  const extra: Expression[] = []
  const at = list.map(e => (e.kind === 'column' ? e.index : schema.length + extra.push(e) - 1))
  if (extra.length === 0) return { plan, at }
  return {
    plan: extended(
      plan,
      extra,
      extra.map(() => '?column?'),
    ),
    at,
  }
}
