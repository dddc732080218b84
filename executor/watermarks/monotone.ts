import type { Expression } from '../../types/job.ts'
import type { Interval } from '../../types/value.ts'

/** By signature: the positions of arguments while any of which rises, and the others stay, the value never falls. */
const RISING: Readonly<Record<string, readonly number[]>> = {
  'tumble_start(timestamp, interval) -> timestamp': [0],
  'tumble_start(timestamp, interval, interval) -> timestamp': [0],
  'tumble_start(timestamptz, interval) -> timestamptz': [0],
  'tumble_start(timestamptz, interval, interval) -> timestamptz': [0],
  'date_trunc(text, timestamp) -> timestamp': [1],
  'date_trunc(text, timestamp) -> timestamp risingwave': [1],
  'date_bin(interval, timestamp, timestamp) -> timestamp': [1],
  'date_bin(interval, timestamptz, timestamptz) -> timestamptz': [1],
  '+(date, int4) -> date': [0],
  '+(int4, date) -> date': [1],
  '-(date, int4) -> date': [0],
  '+(int4, int4) -> int4': [0, 1],
  '-(int4, int4) -> int4': [0],
  '+(int8, int8) -> int8': [0, 1],
  '-(int8, int8) -> int8': [0],
}
/** The same where the other argument is an interval: months are not equally long, nor are days of a time zone. */
const SHIFTING: Readonly<Record<string, { readonly time: number; readonly days: boolean }>> = {
  '+(timestamp, interval) -> timestamp': { time: 0, days: true },
  '+(interval, timestamp) -> timestamp': { time: 1, days: true },
  '-(timestamp, interval) -> timestamp': { time: 0, days: true },
  '+(date, interval) -> timestamp': { time: 0, days: true },
  '+(interval, date) -> timestamp': { time: 1, days: true },
  '-(date, interval) -> timestamp': { time: 0, days: true },
  '+(timestamptz, interval) -> timestamptz': { time: 0, days: false },
  '+(interval, timestamptz) -> timestamptz': { time: 1, days: false },
  '-(timestamptz, interval) -> timestamptz': { time: 0, days: false },
}
/** Casts, from one type to another, that keep the order. */
const ORDERLY_CASTS = new Set([
  'timestamp date',
  'date timestamp',
  'timestamp timestamp',
  'int4 int8',
  'int2 int4',
  'int2 int8',
])

type Call = Extract<Expression, { kind: 'call' }>

/** The only column that the expression reads, when its value never falls while that column rises; else undefined. */
export function risingColumn(e: Expression): number | undefined {
  const leaf = risingLeaf(e)
  return leaf?.kind === 'column' ? leaf.index : undefined
}

/**
 * The only column or parameter that the expression reads, when its value never falls while that rises; else undefined.
 * `alsoRises`: of calls with one argument that is no literal, those that rise with it besides the known ones.
 */
export function risingLeaf(
  e: Expression,
  alsoRises: (e: Call) => boolean = () => false,
): Expression | undefined {
  if (e.kind === 'literal') return undefined
  if (e.kind !== 'call') return e
  const at = e.args.findIndex(arg => arg.kind !== 'literal')
  const alone = at !== -1 && e.args.every((arg, i) => i === at || arg.kind === 'literal')
  return alone && (rises(e, at) || alsoRises(e)) ? risingLeaf(e.args[at]!, alsoRises) : undefined
}

/** While the argument rises, and the others stay, the value never falls. */
function rises(e: Call, at: number): boolean {
  if (e.fn === 'cast') return ORDERLY_CASTS.has(`${e.args[at]!.type.name} ${e.type.name}`)
  const shift = SHIFTING[e.fn]
  if (shift === undefined) return RISING[e.fn]?.includes(at) ?? false
  if (at !== shift.time) return false
  const by = e.args[1 - shift.time]!
  if (by.kind !== 'literal' || by.value === null) return false
  const { months, days } = by.value as Interval
  return months === 0 && (days === 0 || shift.days)
}
