import { type Definition, JAVASCRIPT, JAVASCRIPT_VOLATILE } from '../../executor/javascript/definition.ts'
import type { Expression } from '../../types/job.ts'
import { TEXT } from '../../types/type.ts'
import { call, literal } from '../expressions.ts'
import type { FunctionDef } from '../function-def.ts'

/** A call of a function in JavaScript, which carries all that it takes to run it. */
export function callJavaScript(def: FunctionDef, args: readonly Expression[]): Expression {
  // Rows are no value that could stand in the place of the call.
  const fn = def.set || def.volatility === 'volatile' ? JAVASCRIPT_VOLATILE : JAVASCRIPT
  return call(fn, [literal(JSON.stringify(definitionOf(def)), TEXT), ...args], def.result)
}

/** `fn` of an aggregate in JavaScript: a signature, then the definition. */
export function aggregateFn(def: FunctionDef): string {
  return `${def.name}(${def.args.map(arg => arg.type.name).join(', ')}) ${JSON.stringify(definitionOf(def))}`
}

/** What runs of a function or aggregate. */
export function definitionOf(def: FunctionDef): Definition {
  return {
    name: def.name,
    source: def.body,
    parameters: def.args.map(arg => arg.name ?? ''),
    args: def.args.map(arg => arg.type),
    result: def.result,
    set: def.set,
    strict: def.strict,
    volatile: def.volatility === 'volatile',
    trusted: def.trusted,
    batch: def.batch,
    aggregate: def.kind === 'aggregate',
    retracts: def.retracts === true,
  }
}
