import type { Runtime } from '../executor/runtime-contract.ts'
import type { Catalog, Relation } from '../planner/catalog.ts'
import { SqlError } from '../types/error.ts'
import type { GraphNode } from '../types/job.ts'
import type { StatementContext } from './statements/contract.ts'

/** A table in which a job keeps the state of one of its operators. */
export interface InternalTable {
  readonly id: number
  readonly name: string
  readonly job: Relation
  /** The operator whose state it is. */
  readonly node: GraphNode
}

/** Of a job at most. */
const TABLES_MAX = 1000

/** RisingWave's names of state, for the state that there is: `__internal_<job>_<fragment>_<what>_<id>`. */
export function internalTables(
  catalog: Catalog,
  database: string,
  runtime: Runtime,
): readonly InternalTable[] {
  const numbers = new Map<number, number>()
  return runtime.stateTables().flatMap(({ relation, name }) => {
    const job = catalog.byId(relation)
    const [, nodeId, role = ''] = name.split('/')
    const node = job?.job?.nodes.find(n => n.id === Number(nodeId))
    if (job === undefined || node === undefined || job.database !== database) return []
    const number = numbers.get(relation) ?? 0
    numbers.set(relation, number + 1)
    const id = (relation % 1_000_000) * TABLES_MAX + number
    const what = node.spec.kind === 'input' ? 'streamscan' : `${node.spec.kind}${role === 'rows' ? '' : role}`
    return [
      { id, name: `__internal_${job.name}_${node.fragment}_${what.replaceAll('-', '')}_${id}`, job, node },
    ]
  })
}

/** Runs a statement that makes a relation; of a state's table it cannot read it says so, as RisingWave does. */
export async function withoutInternalTables<T>(
  tag: string,
  { catalogs, session, runtime }: StatementContext,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const missing = error instanceof SqlError && error.condition === 'undefined_table' ? error.message : ''
    const name = /__internal_\w+/.exec(missing)?.[0]
    if (!internalTables(catalogs.current, session.database, runtime).some(table => table.name === name))
      throw error
    throw new SqlError('feature_not_supported', `${tag} does not support internal table`)
  }
}
