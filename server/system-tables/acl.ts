import {
  type Grant,
  type ObjectKind,
  PRIVILEGES_OF,
  type Privilege,
  publicRights,
} from '../../planner/access.ts'
import type { Catalog } from '../../planner/catalog.ts'
import { quoteIdent } from '../../types/sql-text.ts'

/** PostgreSQL's letters of the rights, in its order. */
const LETTERS: readonly (readonly [Privilege, string])[] = [
  ['insert', 'a'],
  ['select', 'r'],
  ['update', 'w'],
  ['delete', 'd'],
  ['truncate', 'D'],
  ['references', 'x'],
  ['trigger', 't'],
  ['execute', 'X'],
  ['usage', 'U'],
  ['create', 'C'],
  ['temporary', 'T'],
  ['connect', 'c'],
]

interface Holder {
  readonly id: number
  readonly name: string
  readonly owner: string
}

/** relacl, nspacl, datacl: who has which rights, the owner first; null while nobody was granted or denied anything. */
export function aclOf(catalog: Catalog, kind: ObjectKind, { id, name, owner }: Holder): string[] | null {
  const found = catalog.grants.filter(g => g.kind === kind && g.object === id && g.column === undefined)
  const inborn = publicRights(kind, name)
  if (found.length === 0 && !(kind === 'schema' && inborn.length > 0)) return null
  const all = { role: owner, privileges: PRIVILEGES_OF[kind], grantable: [] }
  const everyone = found.find(g => g.role === 'public') ?? {
    role: 'public',
    privileges: inborn,
    grantable: [],
  }
  const others = found.filter(g => g.role !== owner && g !== everyone)
  return items(
    kind !== 'schema' && inborn.length > 0 ? [everyone, all, ...others] : [all, ...others, everyone],
    owner,
  )
}

/** attacl: rights on one column only. */
export function columnAcl(catalog: Catalog, relation: Omit<Holder, 'name'>, column: number): string[] | null {
  const found = catalog.grants.filter(g => g.object === relation.id && g.column === column)
  return found.length === 0 ? null : items(found, relation.owner)
}

/** defaclacl, and the like: `role=letters/grantor`. */
export function items(
  grants: readonly Pick<Grant, 'role' | 'privileges' | 'grantable'>[],
  grantor: string,
): string[] {
  return grants
    .filter(({ privileges }) => privileges.length > 0)
    .map(({ role, privileges, grantable }) => {
      const letters = LETTERS.filter(([privilege]) => privileges.includes(privilege)).map(
        ([privilege, letter]) => letter + (grantable.includes(privilege) ? '*' : ''),
      )
      return `${role === 'public' ? '' : quoteIdent(role)}=${letters.join('')}/${quoteIdent(grantor)}`
    })
}
