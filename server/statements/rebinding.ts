import type { Catalog } from '../../planner/catalog.ts'
import { SqlError } from '../../types/error.ts'
import { type Schema, sameType } from '../../types/type.ts'
import type { StatementContext } from './contract.ts'

/** Binds again when the catalog, or the user whose rights count, is another one than the last time. */
export function rebinding<T>({ catalogs, session }: StatementContext, bind: () => T): () => T {
  let bound: { readonly catalog: Catalog; readonly user: string; readonly value: T } | undefined
  return () => {
    const { user } = session
    if (bound?.catalog !== catalogs.current || bound.user !== user)
      bound = { catalog: catalogs.current, user, value: bind() }
    return bound.value
  }
}

/** Throws 0A000 when the columns are others than the client was told when the statement was prepared. */
export function sameResult(told: Schema | undefined, now: Schema | undefined): void {
  const same =
    told?.length === now?.length && (told ?? []).every((field, i) => sameType(field.type, now![i]!.type))
  if (!same) throw new SqlError('feature_not_supported', 'cached plan must not change result type')
}
