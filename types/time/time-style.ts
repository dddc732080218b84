import { type SqlDialect, sqlDialect } from '../sql-dialect.ts'

export type DateOrder = 'MDY' | 'DMY' | 'YMD'
export type DateOutput = 'ISO' | 'Postgres' | 'SQL' | 'German'
export type IntervalStyle = 'postgres' | 'postgres_verbose' | 'sql_standard' | 'iso_8601'

/** How a session reads and writes dates, times, intervals and numbers, and how it writes bytes and floats. */
export interface TimeStyle {
  readonly zone: string
  readonly output: DateOutput
  readonly order: DateOrder
  readonly intervals: IntervalStyle
  /** bytea_output */
  readonly bytes: 'hex' | 'escape'
  /** extra_float_digits, at most 1: as many digits as it takes to read the same float again. */
  readonly floatDigits: number
  /** sql_dialect: which texts are values, and how some are written. */
  readonly dialect: SqlDialect
}

/** The settings that a style is made of, as they stand; '': the default. */
export interface StyleSettings {
  readonly zone: string
  readonly dates?: string
  readonly intervals?: string
  readonly bytes?: string
  readonly floatDigits?: string
  readonly dialect?: string
}

/**
 * A style as one text, which plans can hold: the zone alone, or with what differs from the defaults behind it
 * (`UTC;SQL, DMY;iso_8601`, `UTC;ISO, MDY;postgres;escape;0`, with the dialect as a sixth part).
 */
export type TimeStyleText = string

/** The text of a style: DateStyle is `ISO, MDY` and its kin. */
export function timeStyleText(settings: StyleSettings): TimeStyleText {
  const { zone, bytes = '', floatDigits = '', dialect = '' } = settings
  const dates = settings.dates || 'ISO, MDY'
  const intervals = settings.intervals || 'postgres'
  const digits = floatDigits === '' ? 1 : Math.min(Number(floatDigits), 1)
  const plainValues = bytes.toLowerCase() !== 'escape' && digits === 1
  const standard = dialect === '' || dialect === 'postgresql'
  if (plainValues && standard && dates === 'ISO, MDY' && intervals === 'postgres') return zone
  const text = `${zone};${dates};${intervals}`
  if (plainValues && standard) return text
  const values = `${text};${bytes.toLowerCase() || 'hex'};${digits}`
  return standard ? values : `${values};${dialect}`
}

/** The zone of a style. */
export function zoneOfStyle(text: TimeStyleText): string {
  const end = text.indexOf(';')
  return end === -1 ? text : text.slice(0, end)
}

/** Whether all is written as PostgreSQL does without being told otherwise. */
export function isPlainStyle(text: TimeStyleText): boolean {
  return !text.includes(';')
}

/** Whether bytes and floats are. */
export function writesPlainValues(text: TimeStyleText): boolean {
  if (isPlainStyle(text)) return true
  const { bytes, floatDigits } = timeStyle(text)
  return bytes === 'hex' && floatDigits === 1
}

/** Whether the text of values is RisingWave's where that differs. */
export function inRisingWave(text: TimeStyleText): boolean {
  return !isPlainStyle(text) && timeStyle(text).dialect.name === 'risingwave'
}

/** The style that a text says; kept for the next time. */
export function timeStyle(text: TimeStyleText): TimeStyle {
  let style = styles.get(text)
  if (style !== undefined) return style
  const parts = text.split(';')
  const [zone, dates = 'ISO, MDY', intervals = 'postgres', bytes = 'hex', digits = '1', dialect = ''] = parts
  const [output, order] = dates.split(', ')
  style = {
    zone: zone!,
    output: output as DateOutput,
    order: order as DateOrder,
    intervals: intervals as IntervalStyle,
    bytes: bytes as TimeStyle['bytes'],
    floatDigits: Number(digits),
    dialect: sqlDialect(dialect),
  }
  if (styles.size > 1000) styles.clear()
  styles.set(text, style)
  return style
}

/** Bounded. */
const styles = new Map<TimeStyleText, TimeStyle>()

const OUTPUTS: Readonly<Record<string, DateOutput>> = {
  iso: 'ISO',
  sql: 'SQL',
  german: 'German',
}
const ORDERS: Readonly<Record<string, DateOrder>> = {
  ymd: 'YMD',
  us: 'MDY',
  noneuropean: 'MDY',
  mdy: 'MDY',
}

/** The setting DateStyle after `value` was given, what it does not say staying as it was; undefined: no such style. */
export function dateStyleAfter(value: string, before: string): string | undefined {
  let [output, order] = before.split(', ')
  let orderSaid = false
  for (const raw of value.split(',')) {
    const word = raw.trim().toLowerCase()
    const out = OUTPUTS[word] ?? (word.startsWith('postgres') ? 'Postgres' : undefined)
    const ord = ORDERS[word] ?? (word === 'dmy' || word.startsWith('euro') ? 'DMY' : undefined)
    if (out !== undefined) {
      output = out
      if (out === 'German' && !orderSaid) order = 'DMY'
    } else if (ord !== undefined) {
      order = ord
      orderSaid = true
    } else if (word === 'default') [output, order] = ['ISO', 'MDY']
    else return undefined
  }
  return `${output}, ${order}`
}
