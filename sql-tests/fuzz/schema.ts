import { TYPES } from './data.ts'
import type { Random } from './random.ts'

export interface Column {
  readonly name: string
  readonly type: string
}

export interface Relation {
  readonly name: string
  readonly columns: readonly Column[]
  /** Names of the primary key's columns; a view has none. */
  readonly key: readonly string[]
}

/** Types that may be a primary key and meet often. */
const KEYS = ['int4', 'int8', 'text', 'int2', 'date', 'numeric']
const COMMON = ['int4', 'int8', 'text', 'numeric', 'bool', 'timestamp', 'float8']

/** A table with two to seven columns of any types; a key half of the time. */
export function table(random: Random, name: string): Relation {
  const keyed = random.chance(0.5)
  const count = random.int(2, 6)
  const columns = Array.from({ length: count }, (_, i) => ({
    name: `c${i}`,
    type: keyed && i === 0 ? random.pick(KEYS) : random.pick(random.chance(0.6) ? COMMON : TYPES),
  }))
  const key = keyed ? (random.chance(0.3) ? ['c0', 'k'] : ['k']) : []
  return { name, columns: [{ name: 'k', type: 'int4' }, ...columns], key }
}

export function createTable({ name, columns, key }: Relation): string {
  const list = columns.map(c => `${c.name} ${c.type}`)
  if (key.length > 0) list.push(`PRIMARY KEY (${key.join(', ')})`)
  return `CREATE TABLE ${name} (${list.join(', ')})`
}
