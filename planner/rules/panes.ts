import { column, columnsOf, literal, remap } from '../expressions.ts'
import { type Plan, schemaOf } from '../plan.ts'
import { fuse } from './fuse.ts'

/**
 * Rows that are only counted by window and some of their columns are added up by pane first: a row goes into size / slide
 * windows, a pane too, but there are few panes.
 */
export function panes(plan: Plan): Plan {
  if (plan.op !== 'aggregate' || !plan.calls.every(call => isCount(call.fn) && !call.distinct)) return plan
  const project = plan.input.op === 'project' ? plan.input : undefined
  const hop = project === undefined ? plan.input : project.input
  if (hop.op !== 'hop' || hop.input.op === 'panes') return plan
  // Whatever is read of the row itself must be among what it is grouped by.
  const count = schemaOf(hop.input).length
  const read = (at: number): Iterable<number> =>
    project === undefined ? [at] : columnsOf(project.columns[at]!)
  const used = plan.calls.flatMap(call => [...call.args, ...(call.filter === undefined ? [] : [call.filter])])
  const conditions = project?.predicate === undefined ? [] : columnsOf(project.predicate)
  const grouped = new Set(plan.groups.flatMap(at => [...read(at)]))
  const columns = [...grouped, ...used.flatMap(at => [...read(at)]), ...conditions].filter(at => at < count)
  if (columns.includes(hop.time) || columns.some(at => !grouped.has(at))) return plan
  const { time, offset } = hop
  const width = commonDivisor(hop.size, hop.slide)
  const unit = schemaOf(hop.input)[time]!.type.name === 'date' ? 86_400_000_000n : 1n
  if (hop.slide >= hop.size || width % unit !== 0n || offset % unit !== 0n) return plan
  const kept = [...new Set([...columns, time])].sort((a, b) => a - b)
  const at = (old: number): number => (old < count ? kept.indexOf(old) : old - count + kept.length)
  const fields = schemaOf(hop.input)
  const narrow: Plan = {
    op: 'project',
    input: hop.input,
    columns: kept.map(i => column(i, fields[i]!.type)),
    names: kept.map(i => fields[i]!.name),
  }
  const input: Plan = { op: 'panes', input: fuse(narrow), time: at(time), width, offset }
  const windows: Plan = { ...hop, input, time: at(time) }
  if (project === undefined)
    return {
      ...plan,
      input: windows,
      groups: plan.groups.map(at),
      calls: plan.calls.map(call => ({
        ...call,
        args: call.args.map(at),
        ...(call.filter === undefined ? {} : { filter: at(call.filter) }),
      })),
    }
  const { predicate } = project
  const moved: Plan = {
    ...project,
    input: windows,
    // What the aggregate does not read may be made of columns that went.
    columns: project.columns.map((e, i) =>
      plan.groups.includes(i) || used.includes(i) ? remap(e, at) : literal(null, e.type),
    ),
    ...(predicate === undefined ? {} : { predicate: remap(predicate, at) }),
  }
  return { ...plan, input: moved }
}

function isCount(fn: string): boolean {
  return fn.startsWith('count(')
}

function commonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonDivisor(b, a % b)
}
