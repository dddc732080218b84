import type { Relation } from '../../planner/catalog.ts'
import { assert } from '../../types/error.ts'

export interface IndexWords {
  readonly key: string
  readonly include: string
  readonly distributedBy: string
}

/** An index's parts as SHOW INDEXES lists them. */
export function indexWords({ index, columns }: Relation, on: Relation): IndexWords {
  assert(index !== undefined, 'an index says what it is of')
  const { keys, include, distributedBy } = index
  return {
    key: keys.map(({ sql, order }) => `${sql} ${order.descending ? 'DESC' : 'ASC'}`).join(', '),
    include: include
      .filter((_, i) => columns[keys.length + i]!.hidden !== true)
      .map(i => on.columns[i]!.name)
      .join(', '),
    distributedBy: keys
      .slice(0, distributedBy)
      .map(key => key.sql)
      .join(', '),
  }
}

/** The same in one line, as DESCRIBE of the indexed relation shows it. */
export function indexText(index: Relation, on: Relation): string {
  const { key, include, distributedBy } = indexWords(index, on)
  return `index(${key}) include(${include}) distributed by(${distributedBy})`
}
