import { value } from './data.ts'
import { condition, expression } from './expression.ts'
import type { Random } from './random.ts'
import type { Relation } from './schema.ts'
import { joined, sql, type Tree } from './tree.ts'

/** Keys ever given out, so that inserts into keyed tables do not collide. */
export interface Keys {
  next: number
}

/** One INSERT, UPDATE or DELETE on the table. */
export function change(random: Random, table: Relation, keys: Keys, first: boolean): Tree {
  const what = first ? 'insert' : random.pick(['insert', 'insert', 'update', 'delete'])
  if (what === 'insert') return insert(random, table, keys)
  const columns = table.columns
  const scope = { random, columns }
  const where = random.chance(0.5) ? sql('expr bool', `k % ${random.int(2, 4)} = 0`) : condition(scope, 1)
  if (what === 'delete') return sql('dml', `DELETE FROM ${table.name} WHERE `, where)
  const free = columns.filter(c => !table.key.includes(c.name))
  const sets = random.some(free, 2).map(c => sql('set', `${c.name} = `, expression(scope, c.type, 1)))
  return sql('dml', `UPDATE ${table.name} SET `, ...joined(sets, ', '), ' WHERE ', where)
}

function insert(random: Random, table: Relation, keys: Keys): Tree {
  const rows = Array.from({ length: random.int(1, 8) }, () => {
    const cells = table.columns.map(c => {
      if (c.name !== 'k') return value(random, c.type, table.key.includes(c.name) ? 0 : 0.15)
      return table.key.length > 0 ? String(keys.next++) : String(random.int(0, 6))
    })
    return sql('row', `(${cells.join(', ')})`)
  })
  return sql('insert', `INSERT INTO ${table.name} VALUES `, ...joined(rows, ', '))
}

/** An INSERT of many rows as one statement a row, for shrinking. */
export function split(statement: Tree): Tree[] {
  if (statement.kind !== 'insert') return [statement]
  const [head, ...rest] = statement.parts
  return rest.filter(part => part !== ', ').map(row => sql('insert', head!, row))
}
