import { foldConstants } from '../../executor/expression/compile.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression, Frame, FrameBound } from '../../types/job.ts'
import {
  FLOAT8,
  INT8,
  INTERVAL,
  NUMERIC,
  TEXT,
  TIMESTAMP,
  type Type,
  type TypeName,
} from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { PgNode } from '../contract.ts'
import { columnsOf, hasOuter, literal } from '../expressions.ts'
import { as, type Body, list, names } from './ast.ts'
import { callFunction, coerce, isUnknown, settle, tryCoerce } from './coerce.ts'
import { contains, type Environment, type PendingOrder } from './environment.ts'
import { at, bindExpression } from './expression.ts'

/** Bits of libpg-query's frameOptions. */
const BIT = {
  rows: 0x4,
  groups: 0x8,
  endUnboundedFollowing: 0x100,
  startCurrentRow: 0x200,
  endCurrentRow: 0x400,
  startPreceding: 0x800,
  endPreceding: 0x1000,
  startFollowing: 0x2000,
  endFollowing: 0x4000,
  excludeCurrentRow: 0x8000,
  excludeGroup: 0x10000,
  excludeTies: 0x20000,
} as const

/** RANGE UNBOUNDED PRECEDING: also what there is without a frame clause. */
const DEFAULT = 0x2 | 0x20 | 0x400

/** Binds the frame clause of a window that is ordered so. */
export function bindFrame(window: Body, order: readonly PendingOrder[], env: Environment): Frame {
  const options = (window['frameOptions'] as number | undefined) ?? DEFAULT
  const has = (bit: number): boolean => (options & bit) !== 0
  const unit = has(BIT.rows) ? 'rows' : has(BIT.groups) ? 'groups' : 'range'
  const position = env.context.position(window['location'] as number | undefined)
  const exclude = has(BIT.excludeCurrentRow)
    ? 'current row'
    : has(BIT.excludeGroup)
      ? 'group'
      : has(BIT.excludeTies)
        ? 'ties'
        : 'none'
  const gap = sessionGap(window['startOffset'] as PgNode | undefined)
  if (gap !== undefined) return sessionFrame(gap, exclude, order, env, position)
  if (unit === 'groups' && order.length === 0)
    throw new SqlError('windowing_error', 'GROUPS mode requires an ORDER BY clause', { position })
  const bound = (side: 'start' | 'end'): FrameBound => {
    const preceding = has(side === 'start' ? BIT.startPreceding : BIT.endPreceding)
    const following = has(side === 'start' ? BIT.startFollowing : BIT.endFollowing)
    if (preceding || following) {
      const node = window[`${side}Offset`] as PgNode
      const direction = preceding ? 'preceding' : 'following'
      return offsetBound(unit, direction, side, node, order, env, position)
    }
    if (has(side === 'start' ? BIT.startCurrentRow : BIT.endCurrentRow)) return { at: 'current row' }
    return {
      at: has(BIT.endUnboundedFollowing) && side === 'end' ? 'unbounded following' : 'unbounded preceding',
    }
  }
  return { unit, start: bound('start'), end: bound('end'), exclude }
}

function offsetBound(
  unit: Frame['unit'],
  direction: 'preceding' | 'following',
  side: 'start' | 'end',
  node: PgNode,
  order: readonly PendingOrder[],
  env: Environment,
  clauseAt: number | undefined,
): FrameBound {
  const position = at(node, env)
  const clause = unit.toUpperCase()
  const bound = bindExpression(node, { ...env, clause })
  if (contains(bound, '$subquery')) throw notSupported('a subquery in a frame clause', { position })
  if (columnsOf(bound).size > 0 || hasOuter(bound)) {
    const message = `argument of ${clause} must not contain variables`
    throw new SqlError('invalid_column_reference', message, { position })
  }
  if (unit !== 'range') {
    const offset = tryCoerce(bound, INT8, 'assignment', env.context, position)
    if (offset !== undefined) return { at: direction, offset }
    const message = `argument of ${clause} must be type bigint, not type ${typeName(bound.type)}`
    throw new SqlError('datatype_mismatch', message, { position })
  }
  return { at: 'value', ...keyAndValue(bound, direction, side, order, env, position, clauseAt) }
}

/** The ordered column in a type to count in, and so far from it. */
function keyAndValue(
  bound: Expression,
  direction: 'preceding' | 'following',
  side: 'start' | 'end',
  order: readonly PendingOrder[],
  env: Environment,
  position: number | undefined,
  clauseAt: number | undefined,
): { readonly key: Expression; readonly value: Expression } {
  if (order.length !== 1) {
    const message = 'RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column'
    throw new SqlError('windowing_error', message, { position: clauseAt })
  }
  const { by, descending } = order[0]!
  const types = rangeTypes(by.type, isUnknown(bound) ? undefined : bound.type)
  if (types === undefined) {
    const shown = isUnknown(bound) ? 'unknown' : typeName(bound.type)
    const message =
      by.type.name === 'text' || by.type.name === 'bool'
        ? `RANGE with offset PRECEDING/FOLLOWING is not supported for column type ${typeName(by.type)}`
        : `RANGE with offset PRECEDING/FOLLOWING is not supported for column type ${typeName(by.type)} and offset type ${shown}`
    throw new SqlError('feature_not_supported', message, { position })
  }
  const given = coerce(
    settle(bound, types.offset, env.context, position),
    types.offset,
    'explicit',
    env.context,
    position,
  )
  const offset = checkedOffset(given, side, env, position)
  const key = coerce(by, types.key, 'explicit', env.context, undefined)
  const minus = (direction === 'preceding') !== descending
  return { key, value: callFunction(minus ? '-' : '+', [key, offset], env.context, position) }
}

/** SESSION WITH GAP g stands as an offset of the form "session"(g). */
function sessionGap(offset: PgNode | undefined): PgNode | undefined {
  const fn = as(offset, 'FuncCall')
  return names(fn?.['funcname']).at(-1) === 'session' ? list(fn!['args'])[0] : undefined
}

function sessionFrame(
  gap: PgNode,
  exclude: Frame['exclude'],
  order: readonly PendingOrder[],
  env: Environment,
  position: number | undefined,
): Frame {
  const bound = bindExpression(gap, { ...env, clause: 'SESSION' })
  const ends = keyAndValue(bound, 'following', 'end', order, env, at(gap, env), position)
  return { unit: 'range', start: { at: 'session', ...ends }, end: { at: 'session', ...ends }, exclude }
}

interface RangeTypes {
  /** Wide enough that adding an offset does not overflow. */
  readonly key: Type
  readonly offset: Type
}

const EXACT: ReadonlySet<TypeName> = new Set(['int2', 'int4', 'int8', 'numeric'])

function rangeTypes(column: Type, offset: Type | undefined): RangeTypes | undefined {
  switch (column.name) {
    case 'int2':
    case 'int4':
    case 'int8': {
      if (offset !== undefined && !['int2', 'int4', 'int8'].includes(offset.name)) return undefined
      const wide = column.name === 'int8' || offset?.name === 'int8' ? NUMERIC : INT8
      return { key: wide, offset: wide }
    }
    case 'numeric':
      return offset === undefined || EXACT.has(offset.name) ? { key: NUMERIC, offset: NUMERIC } : undefined
    case 'float4':
    case 'float8':
      return offset === undefined || EXACT.has(offset.name) || offset.name.startsWith('float')
        ? { key: FLOAT8, offset: FLOAT8 }
        : undefined
    case 'date':
    case 'timestamp':
    case 'timestamptz':
    case 'interval':
    case 'time':
      if (offset !== undefined && offset.name !== 'interval') return undefined
      if (column.name === 'date') return { key: TIMESTAMP, offset: INTERVAL }
      return { key: column.name === 'time' ? INTERVAL : column, offset: INTERVAL }
    default:
      return undefined
  }
}

/** An offset that is neither NULL nor negative; that of a parameter is known when the query runs. */
function checkedOffset(
  offset: Expression,
  side: 'start' | 'end',
  env: Environment,
  position: number | undefined,
): Expression {
  const word = side === 'start' ? 'starting' : 'ending'
  const folded = foldConstants(offset)
  if (hasParameter(folded))
    return callFunction('$frame_offset', [folded, literal(word, TEXT)], env.context, position)
  if (folded.kind === 'literal' && folded.value === null) {
    const message = `frame ${word} offset must not be null`
    throw new SqlError('null_value_not_allowed', message)
  }
  const zero = coerce(literal('0', TEXT), offset.type, 'explicit', env.context, undefined)
  const negative = foldConstants(callFunction('<', [offset, foldConstants(zero)], env.context, undefined))
  if (negative.kind === 'literal' && negative.value === true) {
    const message = 'invalid preceding or following size in window function'
    throw new SqlError('invalid_preceding_or_following_size', message)
  }
  return offset
}

function hasParameter(e: Expression): boolean {
  return e.kind === 'parameter' || (e.kind === 'call' && e.args.some(hasParameter))
}
