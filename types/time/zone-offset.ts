/** Seconds east of `-08`, `+0530` or `+05:30:10`; `format`: it is none, `zone`: it is farther than PostgreSQL lets it be. */
export function zoneOffset(text: string): number | 'format' | 'zone' {
  const match = /^([+-])(\d*)(?::(\d*)(?::(\d*))?)?(.*)$/.exec(text)
  if (match === null) return 'format'
  let hours = Number(match[2])
  let minutes = Number(match[3] ?? 0)
  if (match[3] === undefined && match[5] === '' && text.length > 3) {
    minutes = hours % 100
    hours = Math.trunc(hours / 100)
  }
  const seconds = Number(match[4] ?? 0)
  if (hours > 15 || minutes > 59 || seconds > 59) return 'zone'
  if (match[5] !== '') return 'format'
  const size = hours * 3600 + minutes * 60 + seconds
  return match[1] === '-' ? 0 - size : size
}

/**
 * The zone that SET TIME ZONE means: a number is of hours east, an offset with minutes is as POSIX has it, west being positive.
 */
export function zoneOfSetting(value: string): string {
  if (/^[+-]?\d+(\.\d*)?$/.test(value)) return posixZone(Math.round(Number(value) * 3600))
  const match = /^([+-]?)(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(value)
  if (match === null) return namedZone(value)
  const size = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0)
  return posixZone(match[1] === '-' ? size : 0 - size)
}

/** Whether SET TIME ZONE is told an offset, other than that of UTC. */
export function isOffset(value: string): boolean {
  return zoneOfSetting(value).startsWith('<')
}

/** The name as it is spelled. */
function namedZone(name: string): string {
  const lower = name.toLowerCase()
  if (lower === 'utc') return 'UTC'
  names ??= new Map(Intl.supportedValuesOf('timeZone').map(n => [n.toLowerCase(), n]))
  return names.get(lower) ?? name
}

/** Names of zones by their lower case: drivers name one with every connection, and the list takes long to make. */
let names: ReadonlyMap<string, string> | undefined

/** `<+05:30>-05:30`: its name and what POSIX makes of it. */
function posixZone(east: number): string {
  return east === 0 ? 'UTC' : `<${offsetText(east)}>${offsetText(-east)}`
}

/** `-08`, `+05:30` or `+05:30:10`: no more fields than needed. */
export function offsetText(east: number): string {
  const size = Math.abs(east)
  const parts = [Math.trunc(size / 3600), Math.trunc(size / 60) % 60, size % 60]
  while (parts.length > 1 && parts.at(-1) === 0) parts.pop()
  return `${east < 0 ? '-' : '+'}${parts.map(n => String(n).padStart(2, '0')).join(':')}`
}
