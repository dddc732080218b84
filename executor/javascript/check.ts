import { SqlError } from '../../types/error.ts'
import type { Definition } from './definition.ts'
import { exportsOf } from './sandbox.ts'

/** The names it exports. Throws 42P13 unless the source is one that runs and has the functions that are called. */
export function checkSource(definition: Definition): readonly string[] {
  const found = exportsOf(definition)
  if ('error' in found)
    throw new SqlError('invalid_function_definition', `function ${definition.name}: ${found.error}`)
  const needed = definition.aggregate ? ['create_state', 'accumulate'] : [definition.name]
  const missing = needed.find(name => !found.names.includes(name))
  if (missing !== undefined)
    throw new SqlError(
      'invalid_function_definition',
      `function ${definition.name}: its source exports no function "${missing}"`,
    )
  return found.names
}
