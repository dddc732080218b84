import { isFoldable } from '../executor/functions/index.ts'
import type { Expression, RelationId } from '../types/job.ts'
import { sameType } from '../types/type.ts'
import { conjuncts, functionName, substitute } from './expressions.ts'
import { type Plan, schemaOf } from './plan.ts'

/** A query for columns of the one row that has a key. */
export interface PointRead {
  readonly relation: RelationId
  /** Columns of the relation. */
  readonly columns: readonly number[]
  readonly key: readonly { readonly column: number; readonly value: Expression }[]
}

/** The query as the read of one row: plain columns where nothing but the whole key is asked for; undefined: it is another. */
export function pointRead(plan: Plan): PointRead | undefined {
  let columns: readonly Expression[] = schemaOf(plan).map((field, index) => ({
    kind: 'column',
    index,
    type: field.type,
  }))
  let conditions: readonly Expression[] = []
  let at = plan
  while (at.op === 'project' || at.op === 'filter') {
    const { input } = at
    if (at.op === 'project') {
      const below = at.columns
      columns = columns.map(e => substitute(e, below))
      conditions = conditions.map(e => substitute(e, below))
    }
    conditions = [...conjuncts(at.predicate), ...conditions]
    at = input
  }
  if (at.op !== 'scan' || at.relation < 0 || at.scan !== undefined || at.asOf !== undefined) return undefined
  const { key } = at
  if (key.length === 0 || conditions.length !== key.length) return undefined
  const places = columns.map(e => (e.kind === 'column' ? e.index : -1))
  const pairs = conditions.flatMap(c => pairOf(c) ?? [])
  const found = key.flatMap(column => pairs.find(pair => pair.column === column) ?? [])
  if (places.includes(-1) || found.length !== key.length) return undefined
  return { relation: at.relation, columns: places, key: found }
}

function pairOf(c: Expression): PointRead['key'][number] | undefined {
  if (c.kind !== 'call' || c.args.length !== 2 || functionName(c.fn) !== '=') return undefined
  const [a, b] = c.args as [Expression, Expression]
  const [of, value] = a.kind === 'column' ? [a, b] : [b, a]
  if (of.kind !== 'column' || !isConstant(value)) return undefined
  return sameType(of.type, value.type) ? { column: of.index, value } : undefined
}

/** The same for every row: of literals and parameters only. */
function isConstant(e: Expression): boolean {
  if (e.kind === 'call') return isFoldable(e.fn) && e.args.every(isConstant)
  return e.kind !== 'column'
}
