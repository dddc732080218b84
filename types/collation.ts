import { notSupported, SqlError } from './error.ts'
import type { Type } from './type.ts'
import { typeName } from './type-names.ts'

/** Names of languages, as PostgreSQL has collations of where its system does: de_DE, en-x-icu. */
const LANGUAGE = /^[a-z]{2,3}[-_]|^unicode$/

const KNOWN: ReadonlySet<string> = new Set(['C', 'POSIX', 'default', 'ucs_basic'])

/** Texts are ordered by their bytes, as some collations do. Throws 0A000 and 42704 for others, 42804 for values that are no text. */
export function checkCollation(name: string, type: Type, position: number | undefined): void {
  if (LANGUAGE.test(name)) throw notSupported('COLLATE of this collation', { position })
  if (!KNOWN.has(name))
    throw new SqlError('undefined_object', `collation "${name}" for encoding "UTF8" does not exist`, {
      position,
    })
  if (type.name !== 'text')
    throw new SqlError('datatype_mismatch', `collations are not supported by type ${typeName(type)}`, {
      position,
    })
}
