import { column, columnsOf, literal } from '../expressions.ts'
import type { IndexScan, Plan } from '../plan.ts'
import { fuse } from './fuse.ts'

type Table = Extract<Plan, { op: 'scan' }>

/**
 * An inner join of two relations that are both indexed by what they are joined by reads the indexes, as RisingWave's delta join
 * does; only scans of sessions that ask for it say which indexes there are.
 */
export function readJoinIndexes(plan: Plan): Plan {
  if (plan.op !== 'join' || plan.type !== 'inner' || plan.leftKeys.length === 0) return plan
  const left = throughIndex(plan.left, plan.leftKeys)
  const right = throughIndex(plan.right, plan.rightKeys)
  return left === undefined || right === undefined ? plan : { ...plan, left: fuse(left), right: fuse(right) }
}

/** The same rows out of an index whose keys are these columns; undefined: there is none. */
function throughIndex(plan: Plan, keys: readonly number[]): Plan | undefined {
  if (plan.op === 'filter') {
    const input = throughIndex(plan.input, keys)
    return input && { ...plan, input }
  }
  if (plan.op === 'project' && plan.input.op === 'scan') {
    const below = keys.flatMap(k => {
      const of = plan.columns[k]!
      return of.kind === 'column' ? [of.index] : []
    })
    const read = [...plan.columns, ...(plan.predicate === undefined ? [] : [plan.predicate])]
    const needed = read.flatMap(e => [...columnsOf(e)])
    const input = below.length === keys.length && scanned(plan.input, below, needed)
    return input ? { ...plan, input } : undefined
  }
  if (plan.op !== 'scan') return undefined
  return scanned(
    plan,
    keys,
    plan.schema.map((_, i) => i),
  )
}

function scanned(table: Table, keys: readonly number[], needed: readonly number[]): Plan | undefined {
  const wanted = new Set(keys)
  const found = table.joinIndexes?.find(index => {
    const own = index.keys.flatMap(key => (key.kind === 'column' ? [key.index] : []))
    const same = own.length === index.keys.length && own.length === wanted.size
    return same && own.every(k => wanted.has(k)) && holds(index, [...needed, ...table.key])
  })
  return found && asTable(table, found)
}

function holds(index: IndexScan, columns: readonly number[]): boolean {
  return columns.every(i => index.columns[i] !== -1)
}

/** The index's columns in the table's order; those it has not are not read. */
function asTable(table: Table, { relation, schema, key, appendOnly, columns }: IndexScan): Plan {
  return {
    op: 'project',
    input: { op: 'scan', relation, schema, key, appendOnly },
    columns: table.schema.map(({ type }, i) => {
      const at = columns[i]!
      return at === -1 ? literal(null, type) : column(at, type)
    }),
    names: table.schema.map(field => field.name),
  }
}
