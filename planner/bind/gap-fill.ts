import { foldConstants } from '../../executor/expression/compile.ts'
import { intervalMicros } from '../../types/compare.ts'
import { SqlError } from '../../types/error.ts'
import type { Expression, WindowCall } from '../../types/job.ts'
import { BOOL, type TypeName } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { Interval } from '../../types/value.ts'
import type { PgNode } from '../contract.ts'
import { call, column, everyColumn, literal } from '../expressions.ts'
import { keyOf, type Plan, schemaOf } from '../plan.ts'
import { as, type Body, list, names } from './ast.ts'
import { callFunction } from './coerce.ts'
import type { Environment } from './environment.ts'
import { bindExpression } from './expression.ts'
import { type From, relationArgument, underName } from './from.ts'

type Column = Extract<Expression, { kind: 'column' }>

const NUMBERS: readonly TypeName[] = ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric']

/** How columns of the rows that are missing get their values; those that are not named are NULL. */
interface Filling {
  readonly partition: readonly number[]
  readonly strategies: ReadonlyMap<number, 'locf' | 'interpolate' | 'keepnull'>
}

/**
 * GAP_FILL(relation, time, interval, LOCF(c) | INTERPOLATE(c) | KEEPNULL(c) | PARTITION_BY(c …), …), RisingWave's: the rows of
 * a relation, and of each partition those that are missing between one time and the next. A window function gives each row
 * the one before it, a set function the times between, so what each row brings is known when it and its predecessor are.
 */
export function bindGapFill(fn: Body, fields: Body, env: Environment): From {
  const position = env.context.position(fn['location'] as number | undefined)
  const args = list(fn['args'])
  const wrong = (message: string): SqlError => new SqlError('invalid_parameter_value', message, { position })
  if (args.length < 3) throw wrong('GAP_FILL requires at least 3 arguments: input, time_col, interval')
  const source = relationArgument(args[0], env, position)
  if (source === undefined) throw wrong('The 1st arg of GAP_FILL should be a table name')
  const { from } = source
  const inner: Environment = { ...env, scope: { columns: from.columns }, clause: 'GAP_FILL' }
  const time = bindExpression(args[1]!, inner)
  if (time.kind !== 'column') throw wrong('The 2nd arg of GAP_FILL should be a column name')
  if (time.type.name !== 'timestamp' && time.type.name !== 'timestamptz')
    throw wrong('The 2nd arg of GAP_FILL should be a column of type timestamp or timestamptz')
  const step = foldConstants(bindExpression(args[2]!, { ...inner, scope: { columns: [] } }))
  if (step.type.name !== 'interval') throw wrong('The 3rd arg of GAP_FILL should be an interval')
  if (step.kind === 'literal' && (step.value === null || intervalMicros(step.value as Interval) <= 0n))
    throw wrong('The gap fill interval must be positive')
  const filling = bindFilling(args.slice(3), time, inner, wrong)
  const plan = filled(from.plan, time, step, filling, env)
  return { plan, columns: underName(from.columns, source.name, fields['alias']) }
}

function bindFilling(
  args: readonly PgNode[],
  time: Column,
  env: Environment,
  wrong: (message: string) => SqlError,
): Filling {
  const partition = new Set<number>()
  const strategies = new Map<number, 'locf' | 'interpolate' | 'keepnull'>()
  for (const arg of args) {
    const fields = as(arg, 'FuncCall')
    const name = names(fields?.['funcname']).at(-1)
    if (fields === undefined || name === undefined)
      throw wrong('Fill strategy must be a function call like LOCF(col) or PARTITION_BY(col)')
    const given = list(fields['args']).map(of => bindExpression(of, env))
    if (name === 'partition_by') {
      if (given.length === 0) throw wrong('PARTITION_BY requires at least one column argument')
      for (const of of given) {
        if (of.kind !== 'column') throw wrong('PARTITION_BY argument must be a column reference')
        if (of.index === time.index) throw wrong('PARTITION_BY cannot include the time column')
        partition.add(of.index)
      }
      continue
    }
    if (name !== 'locf' && name !== 'interpolate' && name !== 'keepnull')
      throw wrong(`Unsupported fill strategy: ${name}`)
    const [of] = given
    if (of === undefined || given.length > 1)
      throw wrong(`Fill strategy function ${name} expects exactly one argument`)
    if (of.kind !== 'column') throw wrong('Fill strategy argument must be a column reference')
    if (of.index === time.index) throw wrong('Cannot apply a fill strategy to the time column')
    if (name === 'interpolate' && !NUMBERS.includes(of.type.name))
      throw wrong(`INTERPOLATE only supports numeric types, got ${typeName(of.type)}`)
    strategies.set(of.index, name)
  }
  if ([...strategies.keys()].some(i => partition.has(i)))
    throw wrong('Cannot apply a fill strategy to a PARTITION_BY column')
  return { partition: [...partition], strategies }
}

const FRAME = {
  unit: 'range',
  start: { at: 'unbounded preceding' },
  end: { at: 'current row' },
  exclude: 'none',
} as const

function filled(input: Plan, time: Column, step: Expression, filling: Filling, env: Environment): Plan {
  const { partition, strategies } = filling
  const schema = schemaOf(input)
  const own = everyColumn(schema)
  const carried = [...strategies].filter(([, by]) => by !== 'keepnull').map(([i]) => i)
  const lag = (i: number): WindowCall => ({
    kind: 'window',
    fn: 'lag',
    args: [i],
    frame: FRAME,
    type: schema[i]!.type,
  })
  // Rows of one time have an order too, so that the one before a gap is always the same one.
  const rest = (keyOf(input) ?? own.keys().toArray()).filter(i => i !== time.index && !partition.includes(i))
  const order = [time.index, ...rest].map(i => ({ column: i, descending: false, nullsFirst: false }))
  const window: Plan = { op: 'window', input, partition, order, calls: [time.index, ...carried].map(lag) }
  const before = column(schema.length, time.type)
  const earlier = (i: number): Expression => column(schema.length + 1 + carried.indexOf(i), schema[i]!.type)
  const lines = carried.filter(i => strategies.get(i) === 'interpolate')
  const width = schema.length + 1 + carried.length
  const calls = [
    callFunction('$gap_times', [before, time, step], env.context, undefined),
    ...lines.map(i =>
      callFunction('$gap_values', [earlier(i), own[i]!, before, time, step], env.context, undefined),
    ),
  ]
  const set: Plan = {
    op: 'project-set',
    input: window,
    calls,
    names: calls.map(() => 'value'),
    ordinality: false,
    outer: false,
  }
  const at = column(width, time.type)
  const missing = call('is distinct from', [at, time], BOOL)
  const columns = own.map((value, i): Expression => {
    if (i === time.index) return at
    if (partition.includes(i)) return value
    if (lines.includes(i)) return column(width + 1 + lines.indexOf(i), value.type)
    const instead = strategies.get(i) === 'locf' ? earlier(i) : literal(null, value.type)
    return call('case', [missing, instead, value], value.type)
  })
  return { op: 'project', input: set, columns, names: schema.map(f => f.name) }
}
