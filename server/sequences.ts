import type { Catalog, Relation } from '../planner/catalog.ts'
import type { SequenceDef } from '../planner/sequence-def.ts'
import type { Chunk } from '../types/chunk.ts'
import { SqlError } from '../types/error.ts'
import type { CatalogHolder, StatementContext } from './statements/contract.ts'

/**
 * Sequences. The catalog holds a mark: no number beyond it was ever given to a client. Numbers are drawn in memory, and a
 * statement that drew one beyond the mark sets it further, durably, before a row leaves. A crash loses what lies between.
 */
interface State {
  /** The definition that this began with, or that it wrote last. */
  def: SequenceDef
  last: bigint
  /** `last` has been given. */
  called: boolean
  dirty: boolean
}

const states = new WeakMap<CatalogHolder, Map<number, State>>()

/** So many numbers are marked at once. */
const AHEAD = 32n

function stateOf(catalogs: CatalogHolder, relation: Relation): State {
  let known = states.get(catalogs)
  if (known === undefined) states.set(catalogs, (known = new Map()))
  const def = relation.sequence!
  let state = known.get(relation.id)
  if (state === undefined || (state.def !== def && !state.dirty)) {
    state = { def, last: def.mark ?? def.first, called: def.mark !== undefined, dirty: false }
    known.set(relation.id, state)
  }
  return state
}

/** The next number. Throws 2200H at the end. */
export function nextNumber(catalogs: CatalogHolder, relation: Relation): bigint {
  const state = stateOf(catalogs, relation)
  const { increment, min, max, cycle, mark } = state.def
  let next = state.called ? state.last + increment : state.last
  if (next > max || next < min) {
    const [end, word] = next > max ? [max, 'maximum'] : [min, 'minimum']
    if (!cycle)
      throw new SqlError(
        'sequence_generator_limit_exceeded',
        `nextval: reached ${word} value of sequence "${relation.name}" (${end})`,
      )
    next = next > max ? min : max
    state.dirty = true
  }
  state.last = next
  state.called = true
  if (mark === undefined || (increment > 0n ? next > mark : next < mark)) state.dirty = true
  return next
}

/** setval. Throws 22003. */
export function setNumber(catalogs: CatalogHolder, relation: Relation, value: bigint, called: boolean): void {
  const state = stateOf(catalogs, relation)
  const { min, max } = state.def
  if (value < min || value > max) {
    const message = `setval: value ${value} is out of bounds for sequence "${relation.name}" (${min}..${max})`
    throw new SqlError('numeric_value_out_of_range', message)
  }
  state.last = value
  state.called = called
  state.dirty = true
}

/** The sequence that numbers a table's column. */
export function sequenceOf(table: number, column: number, catalog: Catalog): Relation | undefined {
  return catalog.relations.find(({ sequence }) => {
    const of = sequence?.ownedBy
    return of?.table === table && of.column === column
  })
}

/** What a sequence stands at: the number given last, or to be given first. */
export function numberOf(catalogs: CatalogHolder, relation: Relation): Pick<State, 'last' | 'called'> {
  return stateOf(catalogs, relation)
}

/** Whether numbers were drawn that a crash would give again. */
export function hasUnmarked({ catalogs }: StatementContext): boolean {
  for (const state of states.get(catalogs)?.values() ?? []) if (state.dirty) return true
  return false
}

/** Sets the marks beyond what was drawn; until then no number may be shown or kept. */
export async function markSequences(context: StatementContext): Promise<void> {
  while (hasUnmarked(context)) await context.catalogs.exclusive(() => writeMarks(context))
}

/** The rows of a query that may draw numbers: each portion follows when those drawn for it are marked. */
export async function* marked(rows: AsyncIterable<Chunk>, context: StatementContext): AsyncGenerator<Chunk> {
  for await (const chunk of rows) {
    if (hasUnmarked(context)) await markSequences(context)
    yield chunk
  }
  await markSequences(context)
}

async function writeMarks({ catalogs, runtime }: StatementContext): Promise<void> {
  const written: { readonly state: State; readonly def: SequenceDef }[] = []
  let next = catalogs.current
  for (const [id, state] of states.get(catalogs) ?? []) {
    if (!state.dirty) continue
    const relation = next.byId(id)
    state.dirty = false
    if (relation?.sequence === undefined) continue
    const def = markedAhead(relation.sequence, state)
    next = next.with({ ...relation, sequence: def })
    written.push({ state, def })
  }
  if (written.length === 0) return
  try {
    await runtime.run({ catalog: next.toJson() })
  } catch (error) {
    for (const { state } of written) state.dirty = true
    throw error
  }
  catalogs.update(next)
  for (const { state, def } of written) {
    state.def = def
    if (def.mark === undefined) continue
    // Drawn while this was written.
    if (def.increment > 0n ? state.last > def.mark : state.last < def.mark) state.dirty = true
  }
}

function markedAhead(def: SequenceDef, { last, called }: State): SequenceDef {
  const { increment, min, max } = def
  if (!called) return { ...def, mark: undefined, first: last }
  const ahead = last + increment * (AHEAD - 1n)
  return { ...def, mark: ahead > max ? max : ahead < min ? min : ahead }
}
