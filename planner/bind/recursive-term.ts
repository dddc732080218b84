import { isAggregate } from '../../executor/aggregates/index.ts'
import type { SqlError } from '../../types/error.ts'
import { as, type Body, body, list, names, open } from './ast.ts'
import { references } from './recursive.ts'

/** Throws PostgreSQL's complaints about where the second term of a recursive query reads the query itself. */
export function checkRecursiveTerm(name: string, select: Body, invalid: (message: string) => SqlError): void {
  const reference = `recursive reference to query "${name}" must not appear`
  const total = references(name, { SelectStmt: select })
  if (select['op'] !== undefined && select['op'] !== 'SETOP_NONE') {
    const [left, right] = [references(name, select['larg']), references(name, select['rarg'])]
    if (select['op'] === 'SETOP_EXCEPT' && right > 0) throw invalid(`${reference} within EXCEPT`)
    if (select['op'] === 'SETOP_INTERSECT' && total > 0) throw invalid(`${reference} within INTERSECT`)
    if (total > 1) throw invalid(`${reference} more than once`)
    if (left > 0) checkRecursiveTerm(name, body(select['larg']), invalid)
    if (right > 0) checkRecursiveTerm(name, body(select['rarg']), invalid)
    return
  }
  let direct = 0
  const visit = (node: unknown): void => {
    const [kind, fields] = open(node)
    if (kind === 'RangeVar') direct += references(name, node)
    else if (kind === 'RangeSubselect') {
      // A query in FROM is as the term itself.
      if (references(name, node) > 0) direct += references(name, node)
    } else if (kind === 'JoinExpr') {
      const [left, right] = [references(name, fields['larg']), references(name, fields['rarg'])]
      const type = fields['jointype']
      const outer =
        (left > 0 && (type === 'JOIN_RIGHT' || type === 'JOIN_FULL')) ||
        (right > 0 && (type === 'JOIN_LEFT' || type === 'JOIN_FULL'))
      if (outer) throw invalid(`${reference} within an outer join`)
      visit(fields['larg'])
      visit(fields['rarg'])
    }
  }
  list(select['fromClause']).forEach(visit)
  if (total > direct) throw invalid(`${reference} within a subquery`)
  if (direct > 1) throw invalid(`${reference} more than once`)
  if (total > 0 && (aggregates(select['targetList']) || aggregates(select['havingClause'])))
    throw invalid("aggregate functions are not allowed in a recursive query's recursive term")
}

/** A call of an aggregate without OVER, not in a subquery. */
function aggregates(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false
  if (Array.isArray(node)) return node.some(aggregates)
  if (as(node, 'SubLink') !== undefined) return false
  const call = as(node, 'FuncCall')
  if (call !== undefined && call['over'] === undefined && isAggregate(names(call['funcname']).at(-1) ?? ''))
    return true
  return Object.values(node).some(aggregates)
}
