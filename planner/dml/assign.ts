import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
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
  const done = isUnknown(e)
    ? settle(e, type, context, position)
    : tryCoerce(e, type, 'assignment', context, position)
  if (done !== undefined) return limited(done, modifier, false)
  const message = `column "${name}" is of type ${typeName(type)} but ${what} is of type ${typeName(e.type)}`
  const hint = 'You will need to rewrite or cast the expression.'
  throw new SqlError('datatype_mismatch', message, { position, hint })
}
