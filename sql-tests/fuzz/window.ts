import { isCompared } from './data.ts'
import { expression, type Scope } from './expression.ts'
import { type Part, sql, type Tree } from './tree.ts'

/**
 * Window calls by type. `#{t}` an expression, `{over}` a window whose result does not depend on how peers are ordered,
 * `{total}` one that orders by every column, with a frame of rows.
 */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  int8: [
    'row_number() OVER {total}',
    'rank() OVER {over}',
    'dense_rank() OVER {over}',
    'count(*) OVER {over}',
    'count(#{int4}) OVER {total}',
    'sum(#{int4}) OVER {over}',
    'sum(#{int2}) FILTER (WHERE #{bool}) OVER {total}',
  ],
  int4: ['ntile(3) OVER {total}', 'min(#{int4}) OVER {total}', 'max(#{int4}) OVER {over}'],
  float8: ['percent_rank() OVER {over}', 'cume_dist() OVER {over}'],
  numeric: ['sum(#{int8}) OVER {over}', 'avg(#{int2}) OVER {total}', 'max(#{numeric}) OVER {over}'],
  text: ["string_agg(#{text}, ',') OVER {total}", 'max(#{text}) OVER {over}'],
  bool: ['bool_or(#{bool}) OVER {over}', 'every(#{bool}) OVER {total}'],
  'int4[]': ['array_agg(#{int4}) OVER {total}'],
}

const ANY = [
  'lag(#{x}) OVER {total}',
  'lead(#{x}, 2, #{x}) OVER {total}',
  'first_value(#{x}) OVER {total}',
  'last_value(#{x}) OVER {total}',
  'nth_value(#{x}, 2) OVER {total}',
]

/** A window call that gives the type. */
export function windowCall(scope: Scope, type: string): Tree {
  const { random } = scope
  const form = random.pick([...(CALLS[type] ?? []), ...ANY])
  const parts = form.split(/#\{([^}]*)\}|\{(over|total)\}/).flatMap((text, i): readonly Part[] => {
    if (text === undefined) return []
    if (i % 3 === 0) return [text]
    if (i % 3 === 2) return [over(scope, text === 'total')]
    return [expression(scope, text === 'x' ? type : text, 1)]
  })
  return sql('window call', ...parts)
}

const DIRECTIONS = ['', ' DESC', ' NULLS FIRST', ' DESC NULLS LAST']

/** Of the columns of a FROM: equal rows get their values in any order, so two total orders would pair these by chance. */
const totals = new WeakMap<Scope['columns'], readonly [partition: Part, by: string]>()

function over(scope: Scope, total: boolean): Tree {
  const { random } = scope
  const known = total ? totals.get(scope.columns) : undefined
  if (known !== undefined) return sql('window', '(', ...known, framed(scope, total), ')')
  const partition = random.chance(0.5)
    ? sql('clause', 'PARTITION BY ', expression(scope, partitionType(scope), 0), ' ')
    : ''
  const sortable = scope.columns.filter(c => c.type !== 'jsonb' && isCompared(c.type))
  if (sortable.length === 0) return sql('window', '(', partition, ')')
  const whole = scope.columns
    .filter(c => c.type === 'jsonb' || !isCompared(c.type))
    .map(c => `${c.name}::text`)
  const order = total
    ? [...random.some(sortable, 2), ...sortable].map(c => c.name).concat(whole)
    : random.some(sortable, 2).map(c => c.name)
  const by = `ORDER BY ${order.map(name => `${name}${random.pick(DIRECTIONS)}`).join(', ')}`
  const integer = sortable.filter(c => ['int2', 'int4', 'int8'].includes(c.type))
  if (!total && integer.length > 0 && random.chance(0.3)) {
    const offset = () => random.int(0, 4)
    const frame = `RANGE BETWEEN ${offset()} PRECEDING AND ${random.pick(['CURRENT ROW', `${offset()} FOLLOWING`])}`
    const key = `ORDER BY ${random.pick(integer).name}${random.pick(DIRECTIONS)}`
    return sql('window', '(', partition, `${key} ${frame}${exclusion(scope)})`)
  }
  if (total) totals.set(scope.columns, [partition, by])
  return sql('window', '(', partition, by, framed(scope, total), ')')
}

function partitionType({ random, columns }: Scope): string {
  const compared = columns.filter(c => isCompared(c.type))
  return compared.length === 0 ? 'int4' : random.pick(compared).type
}

function framed(scope: Scope, total: boolean): string {
  return scope.random.chance(0.6) ? ` ${frameOf(scope, total)}` : ''
}

function frameOf(scope: Scope, total: boolean): string {
  const { random } = scope
  const unit = total ? random.pick(['ROWS', 'GROUPS', 'RANGE']) : random.pick(['GROUPS', 'RANGE'])
  const offset = (direction: string) =>
    unit === 'RANGE' ? 'CURRENT ROW' : `${random.int(0, 3)} ${direction}`
  const start = random.pick(['UNBOUNDED PRECEDING', 'CURRENT ROW', offset('PRECEDING')])
  const end = random.pick(['UNBOUNDED FOLLOWING', 'CURRENT ROW', offset('FOLLOWING')])
  return `${unit} BETWEEN ${start} AND ${end}${exclusion(scope)}`
}

function exclusion({ random }: Scope): string {
  return random.chance(0.3) ? ` EXCLUDE ${random.pick(['CURRENT ROW', 'GROUP', 'TIES', 'NO OTHERS'])}` : ''
}
