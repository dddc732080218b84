import { SCALE_MAX } from '../../types/decimal.ts'
import { SCALE_MAX as SCALE96_MAX } from '../../types/decimal96.ts'

/**
 * Source of arithmetic on numerics that fit a double exactly: a mantissa `m` (a whole number; NaN: it does not fit, or a part of
 * it did not) and a scale `s`, without an object in between. `slow` computes the same by functions on Decimals.
 */
export interface DecimalSource {
  readonly m: string
  readonly s: string
  readonly slow: string
}

const MAX = Number.MAX_SAFE_INTEGER

/** Statements that declare `m` and `s` from a variable that holds a Decimal or null. */
export function loadDecimal(value: string, m: string, s: string): string {
  return `let ${m} = NaN, ${s} = 0;
if (${value} !== null && ${value}.special === undefined) {
${s} = ${value}.scale; ${m} = Number(${value}.digits);
if (${m} > ${MAX} || ${m} < -${MAX}) ${m} = NaN;
}`
}

/** Statements that declare `m` from a variable that holds a bigint. */
export function loadWhole(value: string, m: string): string {
  return `let ${m} = Number(${value});
if (${m} > ${MAX} || ${m} < -${MAX}) ${m} = NaN;`
}

/** Statements that declare `m` and `s` as the result of an operator. */
export function decimalOperation(
  operator: '+' | '-' | '*',
  a: DecimalSource,
  b: DecimalSource,
  m: string,
  s: string,
  scaleMax = SCALE_MAX,
): string {
  const beyond = `${m} > ${MAX} || ${m} < -${MAX}`
  const inRange = `if (${beyond}) ${m} = NaN;`
  if (operator === '*')
    return `let ${m} = ${a.m} * ${b.m}, ${s} = ${a.s} + ${b.s};\nif (${beyond} || ${s} > ${scaleMax}) ${m} = NaN;`
  const fits = (part: string): string => `(${part} <= ${MAX} && ${part} >= -${MAX})`
  return `let ${m}, ${s} = ${a.s};
if (${a.s} === ${b.s}) ${m} = ${a.m} ${operator} ${b.m};
else {
let x = ${a.m}, y = ${b.m};
if (${a.s} < ${b.s}) { ${s} = ${b.s}; x *= powers[${b.s} - ${a.s}]; } else y *= powers[${a.s} - ${b.s}];
${m} = ${fits('x')} && ${fits('y')} ? x ${operator} y : NaN;
}
${inRange}`
}

/** The same of numerics of 96 bits, where a zero gives nothing of its scale. */
export function decimal96Operation(
  operator: '+' | '-' | '*',
  a: DecimalSource,
  b: DecimalSource,
  m: string,
  s: string,
): string {
  const operation = decimalOperation(operator, a, b, m, s, SCALE96_MAX)
  if (operator === '*') return `${operation}\nif (${m} === 0 && (${a.m} === 0 || ${b.m} === 0)) ${s} = 0;`
  return `${operation}
if (${a.m} === 0 && ${b.m} === ${b.m}) { ${m} = 0 ${operator} ${b.m}; ${s} = ${b.s}; } else if (${b.m} === 0 && ${a.m} === ${a.m}) { ${m} = ${a.m}; ${s} = ${a.s}; }
if (${s} > ${SCALE96_MAX}) ${m} = NaN;`
}

/** A comparison, of parts that both fit. A scaled part that is rounded is beyond all that fit, so the answer is right. */
export function decimalComparison(symbol: string, a: DecimalSource, b: DecimalSource): string {
  const scaled = `${a.s} < ${b.s} ? ${a.m} * powers[${b.s} - ${a.s}] ${symbol} ${b.m} : ${a.m} ${symbol} ${b.m} * powers[${a.s} - ${b.s}]`
  return `(${a.s} === ${b.s} ? ${a.m} ${symbol} ${b.m} : ${scaled})`
}
