import { SqlError } from '../../types/error.ts'
import { quoteIdent } from '../../types/sql-text.ts'
import type { PgNode } from '../contract.ts'
import { parseStored } from '../parse/index.ts'
import { as, type Body, body, list, names, str } from './ast.ts'

/**
 * SEARCH and CYCLE of a recursive query, as columns that both of its terms compute: the way to a row is an array of rows
 * (breadth first: its length and the row), which the recursive term takes from the row before and adds its own to; a row that
 * is on its own way already is marked, and nothing follows it.
 */
export interface Traced {
  readonly base: Body
  readonly step: Body
  /** The columns behind those of the query. */
  readonly columns: readonly string[]
}

interface Column {
  readonly name: string
  readonly first: string
  readonly next: string
}

/** undefined: the item has neither. */
export function traced(cte: Body, titles: readonly string[]): Traced | undefined {
  const [search, cycle] = [cte['search_clause'], cte['cycle_clause']]
  if (search === undefined && cycle === undefined) return undefined
  check(cte, titles)
  const select = as(cte['ctequery'], 'SelectStmt')!
  const [left, right] = [body(select['larg']), body(select['rarg'])]
  requireSelect('left', left)
  requireSelect('right', right)
  const columns = [...searchColumns(body(search)), ...cycleColumns(body(cycle))]
  const alias = aliasIn(String(cte['ctename']), list(right['fromClause']))
  const added = columns.map(({ name }) => `${quoteIdent(alias)}.${quoteIdent(name)}`)
  const targets = list(body(tree(`SELECT ${added.join(', ')}`))['targetList'])
  const inner = { ...right, targetList: [...list(right['targetList']), ...targets] }
  const all = [...titles, ...columns.map(column => column.name)]
  const mark = body(cycle)['cycle_mark_column']
  const goesOn = mark === undefined ? '' : ` WHERE ${quoteIdent(str(mark))} IS DISTINCT FROM "*VALUE*"`
  const constants = new Map([
    ['*VALUE*', body(cycle)['cycle_mark_value'] as PgNode],
    ['*DEFAULT*', body(cycle)['cycle_mark_default'] as PgNode],
  ])
  const shown = titles.map(quoteIdent).join(', ')
  const over = (term: Body, by: 'first' | 'next', named: readonly string[], where: string): Body => {
    const own = columns.map(column => `${column[by]} AS ${quoteIdent(column.name)}`).join(', ')
    const text = `SELECT ${shown}, ${own} FROM (SELECT) AS "*T*" (${named.map(quoteIdent).join(', ')})${where}`
    return filled(tree(text), term, constants) as Body
  }
  return {
    base: over(left, 'first', titles, ''),
    step: over(inner, 'next', all, goesOn),
    columns: columns.map(column => column.name),
  }
}

/** Whether only a recursive query may have what the item has. Throws 42601. */
export function requireRecursion(cte: Body, position: number | undefined): void {
  if (cte['search_clause'] !== undefined || cte['cycle_clause'] !== undefined)
    throw new SqlError('syntax_error', 'WITH query is not recursive', { position })
}

function rowOf(columns: unknown, before = ''): string {
  return `ROW(${before}${names(columns).map(quoteIdent).join(', ')})`
}

function searchColumns(search: Body): readonly Column[] {
  if (search['search_seq_column'] === undefined) return []
  const name = str(search['search_seq_column'])
  const before = quoteIdent(name)
  const of = search['search_col_list']
  return search['search_breadth_first'] === true
    ? [{ name, first: rowOf(of, '0::int8, '), next: rowOf(of, `(${before}).f1 + 1, `) }]
    : [{ name, first: `ARRAY[${rowOf(of)}]`, next: `${before} || ${rowOf(of)}` }]
}

function cycleColumns(cycle: Body): readonly Column[] {
  if (cycle['cycle_mark_column'] === undefined) return []
  const row = rowOf(cycle['cycle_col_list'])
  const path = str(cycle['cycle_path_column'])
  const marked = (when: string) => `CASE WHEN ${when} THEN "*VALUE*" ELSE "*DEFAULT*" END`
  return [
    {
      name: str(cycle['cycle_mark_column']),
      first: marked('false'),
      next: marked(`${row} = ANY (${quoteIdent(path)})`),
    },
    { name: path, first: `ARRAY[${row}]`, next: `${quoteIdent(path)} || ${row}` },
  ]
}

function tree(text: string): Body {
  return as(parseStored(text), 'SelectStmt')!
}

/** The tree of our own text, with the term as the query in FROM and the constants in their places. */
function filled(node: unknown, term: Body, constants: ReadonlyMap<string, PgNode>): unknown {
  if (typeof node !== 'object' || node === null) return node
  if (Array.isArray(node)) return node.map(item => filled(item, term, constants))
  const column = as(node, 'ColumnRef')
  const constant = column && constants.get(names(column['fields'])[0] ?? '')
  if (constant !== undefined) return constant
  if (as(node, 'RangeSubselect') !== undefined)
    return { RangeSubselect: { ...as(node, 'RangeSubselect'), subquery: { SelectStmt: term } } }
  const entries = Object.entries(node).filter(([key]) => key !== 'location')
  return Object.fromEntries(entries.map(([key, value]) => [key, filled(value, term, constants)]))
}

function requireSelect(side: 'left' | 'right', { op = 'SETOP_NONE', valuesLists }: Body): void {
  if (op === 'SETOP_NONE' && (side === 'left' || valuesLists === undefined)) return
  const message = `with a SEARCH or CYCLE clause, the ${side} side of the UNION must be a SELECT`
  throw new SqlError('feature_not_supported', message)
}

/** What the recursive term calls the rows before. */
function aliasIn(name: string, from: readonly PgNode[]): string {
  const found = from.flatMap(node => aliasesIn(name, node))[0]
  if (found !== undefined) return found
  const message =
    `with a SEARCH or CYCLE clause, the recursive reference to WITH query "${name}" ` +
    'must be at the top level of its right-hand SELECT'
  throw new SqlError('feature_not_supported', message)
}

function aliasesIn(name: string, node: unknown): readonly string[] {
  const join = as(node, 'JoinExpr')
  if (join !== undefined) return [join['larg'], join['rarg']].flatMap(side => aliasesIn(name, side))
  const range = as(node, 'RangeVar')
  if (range?.['relname'] !== name || range['schemaname'] !== undefined) return []
  return [str(body(range['alias'])['aliasname']) || name]
}

/** Throws for columns that are not there, named twice, or taken. */
function check(cte: Body, titles: readonly string[]): void {
  const [search, cycle] = [body(cte['search_clause']), body(cte['cycle_clause'])]
  checkColumns('search', names(search['search_col_list']), titles)
  checkColumns('cycle', names(cycle['cycle_col_list']), titles)
  const made = [
    ['search sequence column', str(search['search_seq_column'])],
    ['cycle mark column', str(cycle['cycle_mark_column'])],
    ['cycle path column', str(cycle['cycle_path_column'])],
  ] as const
  for (const [what, name] of made)
    if (titles.includes(name))
      throw new SqlError('syntax_error', `${what} name "${name}" already used in WITH query column list`)
  for (const [i, [what, name]] of made.entries())
    for (const [other, same] of made.slice(i + 1))
      if (name !== '' && name === same)
        throw new SqlError('syntax_error', `${what} name and ${other} name are the same`)
}

function checkColumns(what: string, columns: readonly string[], titles: readonly string[]): void {
  for (const [i, name] of columns.entries()) {
    if (!titles.includes(name))
      throw new SqlError('syntax_error', `${what} column "${name}" not in WITH query column list`)
    if (columns.indexOf(name) < i)
      throw new SqlError('duplicate_column', `${what} column "${name}" specified more than once`)
  }
}
