import type { Expression } from '../../types/job.ts'
import type { Type } from '../../types/type.ts'
import { limitValue } from '../../types/type-modifier.ts'
import type { Value } from '../../types/value.ts'

type Call = Extract<Expression, { kind: 'call' }>

const BOUNDS: Readonly<Record<string, bigint>> = { int2: 1n << 15n, int4: 1n << 31n, int8: 1n << 63n }

/**
 * What a call over literals gives, for those of which a statement may have as many as values; undefined: it is another, or fails.
 * To compile it for one value costs a hundred times as much.
 */
export function constantCall({ fn, args, type }: Call): Value | undefined {
  const [first, ...others] = args.map(arg => (arg.kind === 'literal' ? arg : undefined))
  if (first === undefined || first.value === null) return undefined
  if (fn === 'cast' && args.length === 1) return wholeAs(first.value, first.type, type)
  if (!fn.startsWith('limit_value(') || others[0] === undefined) return undefined
  return limitValue(type, first.value, others[0].value as string, others[1]?.value === true)
}

/** A whole number as another type of numbers. */
function wholeAs(value: Value, { name: from }: Type, { name: to }: Type): Value | undefined {
  if (from !== 'int2' && from !== 'int4' && from !== 'int8') return undefined
  const whole = BigInt(value as number | bigint)
  if (to === 'numeric') return { digits: whole, scale: 0 }
  if (to === 'float8') return Number(whole)
  const bound = BOUNDS[to]
  if (bound === undefined || whole >= bound || whole < -bound) return undefined
  return to === 'int8' ? whole : Number(whole)
}
