import { withoutDomains } from '../../types/domain-type.ts'
import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import type { Type } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import { isUnknown, limited, settle, tryCoerce } from '../bind/coerce.ts'
import type { ColumnDef } from '../catalog.ts'
import type { BindContext } from '../contract.ts'

/** Converts a value to what a column holds. Throws 42804; `what` names the value in the message. */
export function assign(
  e: Expression,
  { name, type, modifier }: Pick<ColumnDef, 'name' | 'type' | 'modifier'>,
  context: BindContext,
  position: number | undefined,
  what = 'expression',
): Expression {
  return limited(assignable(e, type, context, position, `column "${name}" is of`, what), modifier, false)
}

/** Converts a value to the type of what it is assigned to. Throws 42804; `takes` begins the message. */
export function assignable(
  e: Expression,
  type: Type,
  context: BindContext,
  position: number | undefined,
  takes: string,
  what = 'expression',
): Expression {
  // Rows are held against domains as they are against checks, whole (kept-out.ts).
  const plain = withoutDomains(type)
  const done = isUnknown(e)
    ? settle(e, plain, context, position)
    : tryCoerce(e, plain, 'assignment', context, position)
  if (done !== undefined) return done
  const message = `${takes} type ${typeName(type)} but ${what} is of type ${typeName(e.type)}`
  const hint = 'You will need to rewrite or cast the expression.'
  throw new SqlError('datatype_mismatch', message, { position, hint })
}
