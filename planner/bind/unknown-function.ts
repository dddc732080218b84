import { aggregateSignatures, isAggregate } from '../../executor/aggregates/index.ts'
import { isFunction, listFunctions } from '../../executor/functions/index.ts'
import { isWindowFunction } from '../../executor/windows/index.ts'
import { SqlError } from '../../types/error.ts'
import { nearest } from './near-name.ts'

/** 42883 for a call such as `lower(integer)`: the types do not fit, or the name is unknown and another one was meant. */
export function unknownFunction(name: string, call: string, position: number | undefined): SqlError {
  const known = isFunction(name) || isAggregate(name) || isWindowFunction(name)
  const near = known ? undefined : nearest(name, functionNames(), candidate => candidate)
  const meant = near === undefined ? '' : ` Perhaps you meant the function "${near}".`
  const hint = `No function matches the given name and argument types. You might need to add explicit type casts.${meant}`
  return new SqlError('undefined_function', `function ${call} does not exist`, { position, hint })
}

function functionNames(): ReadonlySet<string> {
  const aggregates = aggregateSignatures().map(signature => signature.slice(0, signature.indexOf('(')))
  const names = [...listFunctions().map(entry => entry.name), ...aggregates]
  return new Set(names.filter(name => /^[a-z]/.test(name)))
}
