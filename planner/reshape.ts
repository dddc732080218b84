import type { Expression, GraphNode, Job, RelationId } from '../types/job.ts'
import { INT4, type Schema, sameType, type Type } from '../types/type.ts'
import { call, column, literal } from './expressions.ts'

/** The value as one of the other type: fields of structs by name. */
export function reshaped(e: Expression, type: Type): Expression {
  const inner = e.kind === 'call' && e.fn === 'reshape' ? e.args[0]! : e
  return sameType(inner.type, type) ? inner : call('reshape', [inner], type)
}

/** A column that has another type now. `before`: a column with what its older rows were, NULL in newer ones. */
export interface Retyped {
  readonly at: number
  readonly type: Type
  readonly before?: number
}

/** The expression over columns of which one is retyped; what it yields has the type that it had. */
export function overRetyped(e: Expression, to: Retyped): Expression {
  if (e.kind === 'column') {
    if (e.index !== to.at) return e
    const now = reshaped(column(to.at, to.type), e.type)
    return to.before === undefined ? now : call('coalesce', [column(to.before, e.type), now], e.type)
  }
  if (e.kind !== 'call') return e
  const [struct, position] = e.args
  if (e.fn === 'field' && struct?.kind === 'column' && struct.index === to.at) {
    // A field that stays is the same in every row.
    const direct = fieldOf(reshaped(column(to.at, to.type), struct.type), position!, e.type)
    if (direct.kind === 'call' && direct.args[0]!.kind === 'column') return direct
  }
  const args = e.args.map(arg => overRetyped(arg, to))
  if (e.fn === 'reshape') return reshaped(args[0]!, e.type)
  return e.fn === 'field' ? fieldOf(args[0]!, args[1]!, e.type) : { ...e, args }
}

/** A field that the value had before it was reshaped is taken from there. */
function fieldOf(struct: Expression, position: Expression, type: Type): Expression {
  if (struct.kind === 'call' && struct.fn === 'reshape' && position.kind === 'literal') {
    const [whole] = struct.args
    const { name } = struct.type.fields![position.value as number]!
    const at = whole!.type.fields!.findIndex(field => field.name === name)
    if (at !== -1 && sameType(whole!.type.fields![at]!.type, type))
      return call('field', [whole!, literal(at, INT4)], type)
  }
  return call('field', [struct, position], type)
}

/** The job reads a relation of which a column has another type now, and goes on as it was, with the state it has. */
export function jobOverRetyped(job: Job, relation: RelationId, now: Schema, to: Retyped): Job {
  const { at } = to
  let last = Math.max(...job.nodes.map(node => node.id))
  /** Input nodes whose readers are projections and are changed themselves, and others, by what is put behind them. */
  const retyped = new Set<number>()
  const adapters = new Map<number, number>()
  const nodes = job.nodes.flatMap((node): readonly GraphNode[] => {
    const { spec } = node
    const inputs = node.inputs.map(input => adapters.get(input) ?? input)
    if (spec.kind === 'project' && node.inputs.some(input => retyped.has(input) && !adapters.has(input))) {
      const predicate = spec.predicate && overRetyped(spec.predicate, to)
      const columns = spec.columns.map(e => overRetyped(e, to))
      return [{ ...node, spec: { ...spec, columns, ...(predicate && { predicate }) } }]
    }
    if (spec.kind !== 'input' || spec.relation !== relation || at >= node.schema.length)
      return [{ ...node, inputs }]
    const schema = to.before === undefined ? now.slice(0, node.schema.length) : now
    const input = { ...node, schema, spec: { ...spec, schema } }
    retyped.add(node.id)
    if (job.nodes.every(other => !other.inputs.includes(node.id) || other.spec.kind === 'project'))
      return [input]
    adapters.set(node.id, ++last)
    const columns = node.schema.map((field, i) => overRetyped(column(i, field.type), to))
    return [input, { ...node, id: last, spec: { kind: 'project', columns }, inputs: [node.id] }]
  })
  return { ...job, nodes }
}
