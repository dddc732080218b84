import type { GraphNode, OperatorSpec } from '../../types/job.ts'
import { toJson } from '../../types/json.ts'
import { formatText } from '../../types/text-io.ts'
import { INTERVAL, TIMESTAMPTZ } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { aggregateText, expressionText, orderText, windowText } from './expression-text.ts'
import type { NodeNames } from './labels.ts'

/** Text, or a list such as columns. */
export type Detail = string | readonly string[]

/** What EXPLAIN says about a node: a word for what it does, and details in SQL's words. */
export interface NodeDetails {
  readonly word: string
  readonly details: Readonly<Record<string, Detail>>
}

/** Describes one node over the names of its columns. */
export function nodeDetails(node: GraphNode, names: NodeNames): NodeDetails {
  const { spec } = node
  const say = (details: Readonly<Record<string, Detail | undefined>>, word: string = spec.kind) => ({
    word,
    details: Object.fromEntries(
      Object.entries(details).filter((pair): pair is [string, Detail] => pair[1] !== undefined),
    ),
  })
  const columns = (positions: readonly number[], of = names.input) => positions.map(i => of[i] ?? `$${i}`)
  switch (spec.kind) {
    case 'input':
      return say({ columns: names.output, lookup: spec.scan && lookup(spec.scan, node, names) })
    case 'source':
      return say({ columns: names.output })
    case 'values':
      return say({ rows: spec.rows.length === 1 ? rowText(node, spec.rows[0]!) : String(spec.rows.length) })
    case 'project':
      return projectDetails(spec, names, say)
    case 'aggregate':
      return say({
        by: spec.groups.length === 0 ? undefined : columns(spec.groups),
        calls: spec.calls.length === 0 ? undefined : spec.calls.map(c => aggregateText(c, names.input)),
      })
    case 'join': {
      const right = names.input.slice(names.leftWidth)
      const on = spec.leftKeys.map((left, i) => {
        const sign = spec.nullSafe[i] ? 'IS NOT DISTINCT FROM' : '='
        return `${names.input[left]} ${sign} ${right[spec.rightKeys[i]!]}`
      })
      return say({
        type: spec.type,
        on: on.length === 0 ? undefined : on,
        where: spec.residual && expressionText(spec.residual, names.input),
      })
    }
    case 'top-n':
      return say({
        by: spec.partition.length === 0 ? undefined : columns(spec.partition),
        order: [orderText(spec.order, names.input)],
        limit: `${spec.limit}${spec.withTies ? ' with ties' : ''}`,
        offset: spec.offset === 0 ? undefined : String(spec.offset),
        adds: spec.rank,
      })
    case 'window':
      return say({
        by: spec.partition.length === 0 ? undefined : columns(spec.partition),
        order: spec.order.length === 0 ? undefined : [orderText(spec.order, names.input)],
        calls: spec.calls.map(call => windowText(call, names.input)),
      })
    case 'sort':
      if (spec.order.length === 0 && spec.limit === undefined && spec.offset === 0)
        return say({}, 'consolidate')
      return say({
        order: spec.order.length === 0 ? undefined : [orderText(spec.order, names.input)],
        limit: spec.limit === undefined ? undefined : `${spec.limit}${spec.withTies ? ' with ties' : ''}`,
        offset: spec.offset === 0 ? undefined : String(spec.offset),
      })
    case 'temporal-filter':
      return say({
        where: `${names.input[spec.column]} ${spec.comparison} ${expressionText(spec.bound, ['now()'])}`,
      })
    case 'now-series':
      return say({ from: formatText(TIMESTAMPTZ, spec.start), every: formatText(INTERVAL, spec.step) })
    case 'hop':
      return say({
        time: names.input[spec.time],
        size: microseconds(spec.size),
        slide: microseconds(spec.slide),
        offset: spec.offset === 0n ? undefined : microseconds(spec.offset),
      })
    case 'panes':
      return say({
        time: names.input[spec.time],
        width: microseconds(spec.width),
        offset: spec.offset === 0n ? undefined : microseconds(spec.offset),
      })
    case 'project-set':
      return say({ calls: spec.calls.map(c => expressionText(c, names.input)) })
    case 'single-row':
      return say({ by: spec.group.length === 0 ? undefined : columns(spec.group) })
    case 'set-operation':
      return say({}, `${spec.operation}${spec.all ? ' all' : ''}`)
    case 'complete':
      return say({
        columns: names.output.slice(spec.from),
        defaults: spec.defaults.map(d => expressionText(d, names.output)),
      })
    case 'upsert':
      return say({
        key: columns(spec.key),
        conflict: spec.conflict,
        version: spec.version === undefined ? undefined : columns([spec.version].flat()).join(', '),
      })
    case 'materialize':
      return say({
        columns: names.output,
        key: spec.key.length === 0 ? undefined : columns(spec.key, names.output),
        order: spec.order && [orderText(spec.order, names.output)],
        rows: spec.mode,
      })
    case 'sink':
      return say({
        columns: names.output,
        key: spec.key.length === 0 ? undefined : columns(spec.key, names.output),
      })
    default:
      return say(plainDetails(spec))
  }
}

type Say = (details: Readonly<Record<string, Detail | undefined>>, word?: string) => NodeDetails

function projectDetails(spec: OperatorSpec & { kind: 'project' }, names: NodeNames, say: Say): NodeDetails {
  const where = spec.predicate && expressionText(spec.predicate, names.input)
  const same =
    spec.columns.length === names.input.length &&
    spec.columns.every((c, i) => c.kind === 'column' && c.index === i && names.input[i] === names.output[i])
  if (same && where !== undefined) return say({ where }, 'filter')
  const columns = spec.columns.map((c, i) => {
    const text = expressionText(c, names.input)
    const name = names.output[i]!
    return text === name || name.endsWith(`.${text}`) ? text : `${text} AS ${name}`
  })
  return say({ columns, where })
}

function lookup(
  scan: NonNullable<(OperatorSpec & { kind: 'input' })['scan']>,
  node: GraphNode,
  names: NodeNames,
): readonly string[] {
  const part = (column: number, sign: string, value: Value) => {
    const text = value === null ? 'NULL' : formatText(node.schema[column]!.type, value)
    return `${names.output[column]} ${sign} ${text}`
  }
  const equal = scan.columns.map((column, i) => part(column, '=', scan.equals[i]!))
  if (scan.range === undefined) return equal
  const { column, from, to } = scan.range
  const ends: (string | undefined)[] = [
    from === undefined ? undefined : part(column, '>=', from),
    to === undefined ? undefined : part(column, '<=', to),
  ]
  return [...equal, ...ends.filter(end => end !== undefined)]
}

function rowText(node: GraphNode, row: readonly Value[]): string {
  return `(${row.map((value, i) => (value === null ? 'NULL' : formatText(node.schema[i]!.type, value))).join(', ')})`
}

function microseconds(span: bigint): string {
  return formatText({ name: 'interval' }, { months: 0, days: 0, micros: span })
}

/** An operator without words of its own: its spec as it is. */
function plainDetails(spec: OperatorSpec): Record<string, string | undefined> {
  const { kind: _, ...rest } = spec
  return Object.fromEntries(
    Object.entries(rest)
      .filter(([name, value]) => name !== 'schema' && value !== undefined)
      .map(([name, value]) => [name, typeof value === 'string' ? value : toJson(value)]),
  )
}
