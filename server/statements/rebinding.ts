import type { Catalog } from '../../planner/catalog.ts'
import { SqlError } from '../../types/error.ts'
import { type Schema, sameType } from '../../types/type.ts'
import type { StatementContext } from './contract.ts'

/**
 * Binds again when what the answer depends on is another than the last time: the catalog and where names are looked up, the user whose
 * rights count, the dialect and the style of times, or the rows of the transaction.
 */
export function rebinding<T>(context: StatementContext, bind: () => T): () => T {
  let bound: (Bound & { readonly value: T }) | undefined
  let revision = -1
  let said = ''
  return () => {
    const { settings, user, database } = context.session
    if (settings.revision !== revision) said = `${settings.get('search_path')} ${settings.timeStyle()}`
    revision = settings.revision
    const now: Bound = {
      catalog: context.catalogs.current,
      user,
      database,
      said,
      version: context.transaction?.version ?? 0,
    }
    const before = bound
    if (before === undefined || KEYS.some(key => before[key] !== now[key])) bound = { ...now, value: bind() }
    return bound!.value
  }
}

const KEYS = ['catalog', 'user', 'database', 'said', 'version'] as const

interface Bound {
  readonly catalog: Catalog
  readonly user: string
  readonly database: string
  /** search_path and the style, which has the dialect. */
  readonly said: string
  readonly version: number
}

/** Throws 0A000 when the columns are others than the client was told when the statement was prepared. */
export function sameResult(told: Schema | undefined, now: Schema | undefined): void {
  const same =
    told?.length === now?.length && (told ?? []).every((field, i) => sameType(field.type, now![i]!.type))
  if (!same) throw new SqlError('feature_not_supported', 'cached plan must not change result type')
}
