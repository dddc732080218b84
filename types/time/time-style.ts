export type DateOrder = 'MDY' | 'DMY' | 'YMD'
export type DateOutput = 'ISO' | 'Postgres' | 'SQL' | 'German'
export type IntervalStyle = 'postgres' | 'postgres_verbose' | 'sql_standard' | 'iso_8601'

/** How a session reads and writes dates, times and intervals. */
export interface TimeStyle {
  readonly zone: string
  readonly output: DateOutput
  readonly order: DateOrder
  readonly intervals: IntervalStyle
}

/**
 * A style as one text, which plans can hold: the zone alone, or with what differs from the defaults behind it
 * (`UTC;SQL, DMY;iso_8601`).
 */
export type TimeStyleText = string

/** The text of a zone, a DateStyle (`ISO, MDY`) and an IntervalStyle. */
export function timeStyleText(zone: string, dates: string, intervals: string): TimeStyleText {
  const usual = (dates === '' || dates === 'ISO, MDY') && (intervals === '' || intervals === 'postgres')
  return usual ? zone : `${zone};${dates || 'ISO, MDY'};${intervals || 'postgres'}`
}

/** The zone of a style. */
export function zoneOfStyle(text: TimeStyleText): string {
  const end = text.indexOf(';')
  return end === -1 ? text : text.slice(0, end)
}

/** Whether dates and intervals are written as PostgreSQL does without being told otherwise. */
export function isPlainStyle(text: TimeStyleText): boolean {
  return !text.includes(';')
}

/** The style that a text says; kept for the next time. */
export function timeStyle(text: TimeStyleText): TimeStyle {
  let style = styles.get(text)
  if (style !== undefined) return style
  const [zone, dates = 'ISO, MDY', intervals = 'postgres'] = text.split(';')
  const [output, order] = dates.split(', ')
  style = {
    zone: zone!,
    output: output as DateOutput,
    order: order as DateOrder,
    intervals: intervals as IntervalStyle,
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
