import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { Reference } from '../../planner/constraint-def.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { referenceLabel, referencesOn, withoutKeys } from '../foreign-keys/drop-references.ts'

interface Dropped {
  readonly id: number
  /** Its kind and name. */
  readonly label: string
}

/** The catalog without the relations and foreign keys that depend on these objects; 2BP01 unless they may go too. */
export function withDependents(
  objects: readonly Dropped[],
  cascade: boolean,
  catalog: Catalog,
  notice: (message: string) => void = () => {},
): Catalog {
  const gone = new Set(objects.map(object => object.id))
  const queue = [...objects]
  const kept: string[] = []
  const references: Reference<Relation>[] = []
  for (let object = queue.shift(); object !== undefined; object = queue.shift()) {
    for (const each of referencesOn(object.id, catalog)) {
      if (gone.has(each.child.id) || references.some(({ key }) => key === each.key)) continue
      references.push(each)
      kept.push(`${referenceLabel(each)} depends on ${object.label}`)
    }
    for (const dependent of catalog.dependents(object.id)) {
      if (gone.has(dependent.id)) continue
      const label = `${dependent.kind} ${dependent.name}`
      // An index goes with the relation it is on, a sink with the table it writes.
      const owned = dependent.sequence?.ownedBy?.table === object.id
      if (owned || dependent.index?.on === object.id || dependent.into === object.id) {
        // It goes without being named.
      } else if (catalog.byId(object.id)?.kind === 'sequence' && cascade)
        throw notSupported(`CASCADE from a sequence to the default of ${label}`)
      else kept.push(`${label} depends on ${object.label}`)
      gone.add(dependent.id)
      queue.push({ id: dependent.id, label })
    }
  }
  if (!cascade && kept.length > 0) {
    const what = objects.length > 1 ? 'desired object(s)' : objects[0]!.label
    throw new SqlError(
      'dependent_objects_still_exist',
      `cannot drop ${what} because other objects depend on ${objects.length > 1 ? 'them' : 'it'}`,
      { detail: kept.join('\n'), hint: 'Use DROP ... CASCADE to drop the dependent objects too.' },
    )
  }
  const alone = references.filter(({ child }) => !gone.has(child.id))
  for (const each of alone) notice(`drop cascades to ${referenceLabel(each)}`)
  return withoutKeys(alone, catalog).without([...gone])
}
