import { SqlError } from './error.ts'
import type { Type } from './type.ts'
import { typeName } from './type-names.ts'

const KNOWN: ReadonlySet<string> = new Set(['C', 'POSIX', 'default', 'ucs_basic'])

/** Texts are ordered by their bytes, as these collations order them. Throws 42704 for others, 42804 for values that are no text. */
export function checkCollation(name: string, type: Type, position: number | undefined): void {
  if (!KNOWN.has(name))
    throw new SqlError('undefined_object', `collation "${name}" for encoding "UTF8" does not exist`, {
      position,
    })
  if (type.name !== 'text')
    throw new SqlError('datatype_mismatch', `collations are not supported by type ${typeName(type)}`, {
      position,
    })
}
