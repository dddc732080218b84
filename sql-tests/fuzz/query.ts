import { isCompared } from './data.ts'
import { condition, expression, type Scope } from './expression.ts'
import type { Random } from './random.ts'
import type { Column, Relation } from './schema.ts'
import { joined, optional, type Part, render, sql, type Tree } from './tree.ts'
import { windowCall } from './window.ts'

export interface Query {
  readonly tree: Tree
  readonly types: readonly string[]
}

/** A query over the relations; `types` fixes its output. */
export function query(
  random: Random,
  relations: readonly Relation[],
  depth = 2,
  types?: readonly string[],
): Query {
  if (depth > 0 && random.chance(0.12)) return setOperation(random, relations, depth, types)
  const aliases = { next: depth * 10 }
  const from = fromClause(random, relations, depth, aliases)
  const scope: Scope = { random, columns: from.columns }
  const where = optional(' WHERE ', condition(scope), ...subqueryTest(random, relations, scope, depth))
  const filtered = random.chance(0.5) ? where : ''
  const select = random.chance(0.4) ? grouped(scope, types) : plain(scope, relations, depth, types)
  const tree = sql('query', select.head, ' FROM ', from.tree, filtered, select.tail)
  if (select.tail !== '' && typeof select.tail === 'string') return { tree, types: select.types }
  if (!select.types.every(isCompared) || !random.chance(0.12)) return { tree, types: select.types }
  const order = select.types.map(
    (_, i) => `${i + 1} ${random.pick(['ASC', 'DESC', 'DESC NULLS LAST', 'NULLS FIRST'])}`,
  )
  const offset = random.chance(0.3) ? ` OFFSET ${random.int(0, 2)}` : ''
  const ties = `${order[0]} FETCH FIRST ${random.int(1, 5)} ROWS WITH TIES`
  const cut = `${order.join(', ')} LIMIT ${random.int(1, 5)}${offset}`
  const top = optional(` ORDER BY ${random.chance(0.2) ? ties : cut}`)
  return { tree: sql('query', '(', tree, top, ')'), types: select.types }
}

interface Select {
  readonly head: Tree
  readonly tail: Tree | string
  readonly types: readonly string[]
}

function plain(
  scope: Scope,
  relations: readonly Relation[],
  depth: number,
  types?: readonly string[],
): Select {
  const { random } = scope
  const wanted = types ?? Array.from({ length: random.int(1, 4) }, () => random.pick(scope.columns).type)
  const windows = random.chance(0.15)
  const items = wanted.map((type, i) => {
    const scalar = depth > 0 && type === 'int8' && random.chance(0.5)
    const value =
      windows && random.chance(0.6)
        ? windowCall(scope, type)
        : scalar
          ? scalarSubquery(random, relations, scope)
          : expression(scope, type, 2)
    return sql('item', value, ` AS x${i}`)
  })
  const compared = wanted.every(isCompared)
  const distinct = compared && random.chance(0.15) ? optional('DISTINCT ') : ''
  const head = sql('head', 'SELECT ', distinct, ...joined(items, ', '))
  if (!compared || distinct !== '' || windows || !random.chance(0.06))
    return { head, tail: '', types: wanted }
  // Rows that agree in every output are the same whichever of them stays.
  const order = wanted.map((_, i) => `${i + 1}${random.pick(['', ' DESC', ' NULLS FIRST'])}`)
  const on = random.pick([[1], wanted.map((_, i) => i + 1)]).join(', ')
  const first = sql('head', `SELECT DISTINCT ON (${on}) `, ...joined(items, ', '))
  return { head: first, tail: ` ORDER BY ${order.join(', ')}`, types: wanted }
}

/** A number of the rows of another relation that match. */
function scalarSubquery(random: Random, relations: readonly Relation[], scope: Scope): Tree {
  const relation = random.pick(relations)
  const inner = relation.columns.map(c => ({ ...c, name: `s.${c.name}` }))
  const pair = random.chance(0.5)
    ? matching(random, inner, scope.columns)
    : correlated(random, inner, scope.columns)
  const where = pair === '' ? '' : optional(' WHERE ', pair)
  const numbers = inner.filter(c => c.type === 'int8')
  if (numbers.length === 0 || random.chance(0.5))
    return sql('expr int8', '(SELECT count(*) FROM ', relation.name, ' s', where, ')')
  const { name } = random.pick(numbers)
  if (random.chance(0.5))
    return sql('expr int8', `(SELECT coalesce(max(${name}), -1) FROM ${relation.name} s`, where, ')')
  const top = ` ORDER BY ${name} DESC NULLS LAST LIMIT 1)`
  return sql('expr int8', `(SELECT ${name} FROM ${relation.name} s`, where, top)
}

const QUANTIFIED = ['IN', 'NOT IN', '= ANY', '> ANY', '<= ANY', '<> ALL', '> ALL', '<= ALL']

function subqueryTest(random: Random, relations: readonly Relation[], scope: Scope, depth: number): Part[] {
  if (depth <= 0 || !random.chance(0.3)) return []
  const relation = random.pick(relations)
  const inner = relation.columns.map(c => ({ ...c, name: `e.${c.name}` }))
  if (random.chance(0.5)) {
    const not = random.chance(0.4) ? 'NOT ' : ''
    const first = matching(random, inner, scope.columns)
    const both = random.chance(0.4) ? correlated(random, inner, scope.columns) : ''
    const tests = [first, both].filter(t => t !== '').join(' AND ')
    const deeper = random.chance(0.2) ? nested(random, relations, [...inner, ...scope.columns]) : ''
    const where = tests === '' ? '' : ` WHERE ${tests}${deeper}`
    return [optional(` AND ${not}EXISTS (SELECT 1 FROM ${relation.name} e${where})`)]
  }
  const compared = inner.filter(c => isCompared(c.type))
  if (compared.length === 0) return []
  const column = random.pick(compared)
  const left = expression(scope, column.type, 1)
  const extra = random.chance(0.6)
    ? condition({ random, columns: inner }, 1)
    : correlated(random, inner, scope.columns)
  const where = extra === '' ? '' : optional(' WHERE ', extra)
  return [
    optional(
      random.pick([' AND ', ' OR ']),
      left,
      ` ${random.pick(QUANTIFIED)} (SELECT ${column.name} FROM ${relation.name} e`,
      where,
      ')',
    ),
  ]
}

/** A subquery in a subquery, which may read both around it. */
function nested(random: Random, relations: readonly Relation[], around: readonly Column[]): string {
  const relation = random.pick(relations)
  const inner = relation.columns.map(c => ({ ...c, name: `n.${c.name}` }))
  const pair = correlated(random, inner, around)
  const not = random.chance(0.4) ? 'NOT ' : ''
  return pair === '' ? '' : ` AND ${not}EXISTS (SELECT 1 FROM ${relation.name} n WHERE ${pair})`
}

const TESTS = ['=', '=', '<', '<>', '>=']

/** One or two comparisons of columns of both sides; '' when no types agree. */
function correlated(random: Random, left: readonly Column[], right: readonly Column[]): string {
  const one = (): string => {
    const pair = matching(random, left, right)
    return pair.replace(' = ', ` ${random.pick(TESTS)} `)
  }
  const first = one()
  return first === '' || random.chance(0.6) ? first : `(${first} ${random.pick(['AND', 'OR'])} ${one()})`
}

/** An equality between a column of each side; '' when no types agree. */
function matching(random: Random, left: readonly Column[], right: readonly Column[]): string {
  const pairs = left.flatMap(a =>
    right.filter(b => b.type === a.type && isCompared(b.type)).map(b => `${a.name} = ${b.name}`),
  )
  return pairs.length === 0 ? '' : random.pick(pairs)
}

const AGGREGATES: Readonly<Record<string, readonly string[]>> = {
  int8: [
    'count(*)',
    'count(#{any})',
    'count(DISTINCT #{any})',
    'sum(#{int4})',
    'sum(#{int2})',
    'sum(DISTINCT #{int2})',
    'max(#{int8})',
  ],
  numeric: [
    'sum(#{int8})',
    'sum(#{numeric})',
    'avg(#{int4})',
    'avg(#{numeric})',
    'max(#{numeric})',
    'stddev(#{int2})',
    'var_pop(#{int2})',
  ],
  float8: [
    'max(#{float8})',
    'min(#{float8})',
    'sum(#{int2}::float8)',
    'avg(#{int2}::float8)',
    'stddev_pop(#{int2}::float8)',
    'percentile_cont(0.4) WITHIN GROUP (ORDER BY #{int4})',
  ],
  int4: ['min(#{int4})', 'max(#{int4})', 'bit_and(#{int4})', 'bit_or(#{int4})'],
  'bit(4)': ['bit_and(#{bit(4)})', 'bit_or(#{bit(4)})', 'bit_xor(#{bit(4)})'],
  int2: ['min(#{int2})', 'max(#{int2})'],
  float4: ['min(#{float4})', 'max(#{float4})'],
  bool: ['bool_and(#{bool})', 'bool_or(#{bool})', 'every(#{bool})'],
  text: [
    'min(#{text})',
    'max(#{text})',
    'mode() WITHIN GROUP (ORDER BY #{text})',
    'percentile_disc(0.7) WITHIN GROUP (ORDER BY #{text} DESC)',
    "string_agg(#{text}, ',' ORDER BY #{same})",
  ],
  date: ['min(#{date})', 'max(#{date})'],
  time: ['min(#{time})', 'max(#{time})'],
  timestamp: ['min(#{timestamp})', 'max(#{timestamp})'],
  timestamptz: ['min(#{timestamptz})', 'max(#{timestamptz})'],
  interval: ['min(#{interval})', 'max(#{interval})', 'sum(#{interval})'],
  'int4[]': ['array_agg(#{int4} ORDER BY #{same})', 'array_agg(DISTINCT #{int4} ORDER BY #{same})'],
  mood: ['min(#{mood})', 'max(#{mood})', 'mode() WITHIN GROUP (ORDER BY #{mood})'],
  'mood[]': ['array_agg(#{mood} ORDER BY #{same})'],
  json: [
    'json_agg(#{int4} ORDER BY #{same})',
    'json_agg(DISTINCT #{text})',
    'json_agg(#{pair} ORDER BY #{same})',
    'json_object_agg(coalesce(#{int4}, 0), true ORDER BY #{same})',
  ],
  jsonb: [],
}

function grouped(scope: Scope, types?: readonly string[]): Select {
  const { random } = scope
  const wanted =
    types ??
    random.some(
      Object.keys(AGGREGATES).filter(t => t !== 'jsonb'),
      3,
    )
  const groups: Tree[] = []
  const group = (type: string): Tree => {
    const tree = expression(scope, type, random.chance(0.7) ? 0 : 1)
    groups.push(tree)
    return tree
  }
  const extra = random.chance(0.75) ? [anyType(scope)] : []
  const all = types === undefined ? [...extra, ...wanted] : wanted
  const global = extra.length === 0 && types === undefined
  const items = all.map((type, i) => {
    const keyed =
      !global &&
      ((types === undefined && i < extra.length) ||
        !aggregates(type) ||
        (isCompared(type) && random.chance(0.2)))
    return sql('item', keyed ? group(type) : aggregate(scope, type), ` AS x${i}`)
  })
  const by = groups.length === 0 ? '' : sql('clause', ' GROUP BY ', ...groupingSets(random, groups))
  const having = random.chance(0.2)
    ? optional(' HAVING ', aggregate(scope, 'int8'), random.pick([' > 1', ' < 10', ' IS NOT NULL']))
    : ''
  return { head: sql('head', 'SELECT ', ...joined(items, ', ')), tail: sql('clause', by, having), types: all }
}

/** The groups as they are, or sets of them where every one reads a column. */
function groupingSets(random: Random, groups: readonly Tree[]): Part[] {
  const plainGroups = joined(groups, ', ')
  const constant = groups.some(group => !/\bt\d+\./.test(render(group, 'weir')))
  if (constant || !random.chance(0.2)) return plainGroups
  const [first, ...rest] = groups
  const form = random.pick(['ROLLUP (', 'CUBE (', 'GROUPING SETS ((), '])
  const more = rest.length === 0 ? [] : [', ', ...joined(rest, ', ')]
  return random.chance(0.5)
    ? [first!, more.length === 0 ? '' : ', ', ...(more.length === 0 ? [] : [form, ...more.slice(1), ')'])]
    : [form, ...plainGroups, ')']
}

function aggregates(type: string): boolean {
  return (AGGREGATES[type]?.length ?? 0) > 0
}

function aggregate(scope: Scope, type: string): Tree {
  const { random } = scope
  const [head, ...rest] = random.pick(AGGREGATES[type]!).split('#{')
  let first: Tree | undefined
  const parts = rest.flatMap(text => {
    const [, wanted, after] = /^([^}]*)\}(.*)$/s.exec(text)!
    if (wanted === 'same') return [first!, after!]
    first = expression(scope, wanted === 'any' ? anyType(scope) : wanted!, 1)
    return [first, after!]
  })
  const filter = random.chance(0.15) ? optional(' FILTER (WHERE ', condition(scope, 1), ')') : ''
  return sql('aggregate', head!, ...parts, filter)
}

/** The type of a column whose values are compared. */
function anyType({ random, columns }: Scope): string {
  const compared = columns.filter(c => isCompared(c.type))
  return compared.length === 0 ? 'int4' : random.pick(compared).type
}

function setOperation(
  random: Random,
  relations: readonly Relation[],
  depth: number,
  types?: readonly string[],
): Query {
  const left = query(random, relations, depth - 1, types)
  const right = query(random, relations, depth - 1, left.types)
  const operator = !left.types.every(isCompared)
    ? 'UNION ALL'
    : random.pick(['UNION', 'UNION ALL', 'INTERSECT', 'EXCEPT', 'INTERSECT ALL', 'EXCEPT ALL'])
  return { tree: sql('query', '(', left.tree, ') ', operator, ' (', right.tree, ')'), types: left.types }
}

interface From {
  readonly tree: Tree
  readonly columns: readonly Column[]
}

function fromClause(
  random: Random,
  relations: readonly Relation[],
  depth: number,
  aliases: { next: number },
): From {
  const first = item(random, relations, depth, aliases)
  let { columns } = first
  const joins: Tree[] = []
  for (let i = random.pick([0, 0, 1, 1, 2]); i > 0; i--) {
    if (depth > 0 && random.chance(0.15)) {
      const beside = lateral(random, relations, columns, aliases)
      joins.push(beside.tree)
      columns = [...columns, ...beside.columns]
      continue
    }
    const right = item(random, relations, depth, aliases)
    const common = joins.length === 0 && random.chance(0.15) ? sameNames(columns, right.columns) : []
    if (common.length > 0) {
      const using = ` USING (${random.some(common, 2).join(', ')})`
      const type = random.pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'])
      joins.push(optional(` ${type} `, right.tree, using))
      columns = [...columns, ...right.columns]
      continue
    }
    const on = matching(random, columns, right.columns)
    const type = on === '' ? 'CROSS JOIN' : random.pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'])
    const both = [...columns, ...right.columns]
    const extra =
      random.chance(0.3) && type !== 'FULL JOIN'
        ? optional(' AND ', condition({ random, columns: both }, 1))
        : ''
    joins.push(optional(` ${type} `, right.tree, ...(on === '' ? [] : [` ON ${on}`, extra])))
    columns = both
  }
  return { tree: sql('from', first.tree, ...joins), columns }
}

/** Rows of a relation for each row of what stands left of it. */
function lateral(
  random: Random,
  relations: readonly Relation[],
  before: readonly Column[],
  aliases: { next: number },
): From {
  const alias = `t${aliases.next++}`
  const relation = random.pick(relations)
  const inner = relation.columns.map(c => ({ ...c, name: `l.${c.name}` }))
  const pair = correlated(random, inner, before)
  const where = pair === '' ? '' : ` WHERE ${pair}`
  const type = random.pick(['CROSS JOIN', 'LEFT JOIN'])
  const on = type === 'LEFT JOIN' ? ' ON true' : ''
  if (random.chance(0.4)) {
    const value = random.pick(inner)
    const body = `SELECT count(*) AS n, count(${value.name}) AS m FROM ${relation.name} l${where}`
    const columns = ['n', 'm'].map(name => ({ name: `${alias}.${name}`, type: 'int8' }))
    return { tree: optional(` ${type} LATERAL (${body}) ${alias}${on}`), columns }
  }
  const order =
    inner.every(c => isCompared(c.type)) && random.chance(0.6)
      ? ` ORDER BY ${inner.map((_, i) => i + 1).join(', ')} LIMIT ${random.int(1, 3)}`
      : ''
  const body = `SELECT * FROM ${relation.name} l${where}${order}`
  const columns = relation.columns.map(c => ({ ...c, name: `${alias}.${c.name}` }))
  return { tree: optional(` ${type} LATERAL (${body}) ${alias}${on}`), columns }
}

/** Unqualified names of columns of one type on both sides. */
function sameNames(left: readonly Column[], right: readonly Column[]): string[] {
  const bare = (c: Column) => `${c.name.split('.')[1]} ${c.type}`
  const known = new Set(left.map(bare))
  return right.filter(c => known.has(bare(c)) && isCompared(c.type)).map(c => c.name.split('.')[1]!)
}

function item(
  random: Random,
  relations: readonly Relation[],
  depth: number,
  aliases: { next: number },
): From {
  const alias = `t${aliases.next++}`
  const named = (columns: readonly Column[]) => columns.map(c => ({ ...c, name: `${alias}.${c.name}` }))
  if (depth > 0 && random.chance(0.12)) {
    const inner = query(random, relations, depth - 1)
    const columns = inner.types.map((type, i) => ({ name: `x${i}`, type }))
    return { tree: sql('from item', '(', inner.tree, `) ${alias}`), columns: named(columns) }
  }
  const relation = random.pick(relations)
  const time = relation.columns.find(c => c.type === 'timestamp')
  if (time !== undefined && random.chance(0.3)) {
    const tree = sql('from item', window(random, relation.name, time.name), ` ${alias}`)
    const bounds = ['window_start', 'window_end'].map(name => ({ name, type: 'timestamp' }))
    return { tree, columns: named([...relation.columns, ...bounds]) }
  }
  return { tree: sql('from item', relation.name, ` ${alias}`), columns: named(relation.columns) }
}

/** TUMBLE and HOP, and what they mean in PostgreSQL. */
function window(random: Random, table: string, time: string): Part {
  const origin = "TIMESTAMP '1970-01-01'"
  const size = random.pick([10, 60, 3600])
  const count = random.chance(0.5) ? 1 : random.int(2, 4)
  const slide = `'${size} s'::interval`
  const whole = `'${size * count} s'::interval`
  const weir =
    count === 1
      ? `TUMBLE(${table}, ${time}, INTERVAL '${size} s')`
      : `HOP(${table}, ${time}, INTERVAL '${size} s', INTERVAL '${size * count} s')`
  const start = `date_bin(${slide}, ${time}, ${origin}) - ${slide} * n`
  const pg = `(SELECT t.*, ${start} AS window_start, ${start} + ${whole} AS window_end FROM ${table} t CROSS JOIN generate_series(0, ${count - 1}) n WHERE ${time} IS NOT NULL)`
  return { weir, pg }
}
