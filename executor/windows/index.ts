import { assert } from '../../types/error.ts'
import { FLOAT8, INT4, INT8, type Type } from '../../types/type.ts'
import type { WindowKernel } from './functions.ts'
import * as functions from './functions.ts'

/** 'value': the type of the first argument, which all 'value' arguments are brought to. */
type Argument = Type | 'value'

/** A function that needs OVER; aggregates over windows are in the aggregate registry. */
export interface WindowFunction {
  readonly name: string
  readonly args: readonly Argument[]
  /** So many of the last arguments may be left out. */
  readonly optional: number
  readonly type: Argument
  readonly help: string
  readonly run: WindowKernel
}

function entry(
  name: string,
  args: readonly Argument[],
  optional: number,
  type: Argument,
  run: WindowKernel,
  help: string,
): WindowFunction {
  return { name, args, optional, type, help, run }
}

/** Every window function; adding one is adding a line. */
export const WINDOW_FUNCTIONS: readonly WindowFunction[] = [
  entry('row_number', [], 0, INT8, functions.rowNumber, 'Position in the partition, from 1.'),
  entry('rank', [], 0, INT8, functions.rank, 'Position of the first peer.'),
  entry('dense_rank', [], 0, INT8, functions.denseRank, 'Number of the group of peers, from 1.'),
  entry('percent_rank', [], 0, FLOAT8, functions.percentRank, '(rank - 1) / (rows - 1).'),
  entry('cume_dist', [], 0, FLOAT8, functions.cumeDist, 'Share of rows up to the last peer.'),
  entry('ntile', [INT4], 0, INT4, functions.ntile, 'Number of one of n buckets of equal size.'),
  entry('lag', ['value', INT4, 'value'], 2, 'value', functions.shifted(-1), 'Value of an earlier row.'),
  entry('lead', ['value', INT4, 'value'], 2, 'value', functions.shifted(1), 'Value of a later row.'),
  entry('first_value', ['value'], 0, 'value', functions.firstValue, 'Value of the first row of the frame.'),
  entry('last_value', ['value'], 0, 'value', functions.lastValue, 'Value of the last row of the frame.'),
  entry('nth_value', ['value', INT4], 0, 'value', functions.nthValue, 'Value of the nth row of the frame.'),
]

/** The window function of that name and number of arguments. */
export function windowFunction(name: string, count: number): WindowFunction | undefined {
  return WINDOW_FUNCTIONS.find(
    f => f.name === name && count <= f.args.length && count >= f.args.length - f.optional,
  )
}

/** Whether a window function has that name. */
export function isWindowFunction(name: string): boolean {
  return WINDOW_FUNCTIONS.some(f => f.name === name)
}

/** Whether it may have IGNORE NULLS. */
export function mayIgnoreNulls(name: string): boolean {
  return ['lag', 'lead', 'first_value', 'last_value', 'nth_value'].includes(name)
}

/** Kernel of a call that was bound. */
export function windowKernel(name: string): WindowKernel {
  const found = WINDOW_FUNCTIONS.find(f => f.name === name)
  assert(found !== undefined, `window function ${name} is registered`)
  return found.run
}
