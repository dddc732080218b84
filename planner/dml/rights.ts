import type { Environment } from '../bind/environment.ts'
import type { Relation } from '../catalog.ts'
import type { BindContext } from '../contract.ts'

/** For the table that is changed itself: the right to read it is asked for with the first column that is read. */
export function rightsWhenRead(env: Environment): Environment {
  const { authorize } = env.context
  if (authorize === undefined) return env
  const context: BindContext = {
    ...env.context,
    authorize: (relation, privilege, owner) => column => authorize(relation, privilege, owner)?.(column),
  }
  return { ...env, context }
}

/** To be told that a column of the changed table is read. */
export function readerOf(
  { context: { authorize } }: Environment,
  table: Relation,
  column: number,
): { read?: () => void } {
  return authorize === undefined ? {} : { read: () => authorize(table, 'select')?.(column) }
}
