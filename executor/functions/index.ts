import './arithmetic.ts'
import './array.ts'
import './comparison.ts'
import './datetime.ts'
import './jsonb.ts'
import './string.ts'

export { functionById, isFunction, listFunctions, resolveFunction } from './registry.ts'
