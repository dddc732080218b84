import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { INTERVAL, TIMESTAMP } from '../../types/type.ts'
import type { Interval } from '../../types/value.ts'
import { extended, type Plan, schemaOf } from '../plan.ts'
import { type Body, list } from './ast.ts'
import { coerce } from './coerce.ts'
import type { Environment } from './environment.ts'
import { bindExpression } from './expression.ts'
import { type From, relationArgument, underName } from './from.ts'

const NOT_A_RELATION =
  'The 1st arg of window table function should be a table name (incl. source, CTE, view) but not complex structure' +
  ' (subquery, join, another table function). Consider using an intermediate CTE or view as workaround.'
const NOT_A_COLUMN =
  'The 2st arg of window table function should be a column name but not complex expression. Consider using an' +
  ' intermediate CTE or view as workaround.'
const NOT_A_TIME =
  'The 2st arg of window table function should be a column of type timestamp with time zone, timestamp or date.'

const NOT_A_SIZE = 'The size arg of window table function should be an interval literal.'

/** TUMBLE(relation, time, width[, offset]) and HOP(relation, time, slide, width[, offset]), RisingWave's, with its texts. */
export function bindTimeWindow(name: 'tumble' | 'hop', fn: Body, fields: Body, env: Environment): From {
  const args = list(fn['args'])
  const position = env.context.position(fn['location'] as number | undefined)
  const source = relationArgument(args[0], env, position)
  if (source === undefined) throw new SqlError('syntax_error', NOT_A_RELATION, { position })
  const { from } = source
  const inner: Environment = { ...env, scope: { columns: from.columns }, clause: name.toUpperCase() }
  const time = args[1] === undefined ? undefined : bindExpression(args[1], inner)
  if (time?.kind !== 'column') throw new SqlError('wrong_object_type', NOT_A_COLUMN, { position })
  if (!['timestamp', 'timestamptz', 'date'].includes(time.type.name))
    throw new SqlError('wrong_object_type', NOT_A_TIME, { position })
  const spans = args
    .slice(2)
    .map(arg =>
      span(coerce(bindExpression(arg, inner), INTERVAL, 'implicit', inner.context, position), position),
    )
  const [first, second] = spans
  const size = name === 'tumble' ? first : second
  const offset = (name === 'tumble' ? second : spans[2]) ?? 0n
  if (first === undefined || size === undefined)
    throw new SqlError('invalid_parameter_value', NOT_A_SIZE, { position })
  if (first <= 0n || size <= 0n)
    throw new SqlError('invalid_parameter_value', `${name}: every width is a positive interval`, { position })
  const { input, at } = asTimestamp(from.plan, time, inner)
  const schema = schemaOf(input)
  const plan: Plan = { op: 'hop', input, time: at, slide: first, size, offset }
  // Hidden columns of a common table expression would come between.
  const added = ['window_start', 'window_end'].map((n, i) => ({
    name: n,
    type: schema[at]!.type,
    index: schema.length + i,
  }))
  return { plan, columns: underName([...from.columns, ...added], source.name, fields['alias']) }
}

/** Windows of dates are bounded by timestamps: a column more. */
function asTimestamp(
  plan: Plan,
  time: Extract<Expression, { kind: 'column' }>,
  env: Environment,
): { readonly input: Plan; readonly at: number } {
  if (time.type.name !== 'date') return { input: plan, at: time.index }
  const timestamp = coerce(time, TIMESTAMP, 'implicit', env.context, undefined)
  return { input: extended(plan, [timestamp], ['?column?']), at: schemaOf(plan).length }
}

const DAY = 86400000000n

function span(e: Expression, position: number | undefined): bigint {
  if (e.kind !== 'literal' || e.type.name !== 'interval' || e.value === null)
    throw new SqlError('invalid_parameter_value', NOT_A_SIZE, { position })
  const { months, days, micros } = e.value as Interval
  if (months !== 0) throw notSupported('a window of months', { position })
  return BigInt(days) * DAY + micros
}
