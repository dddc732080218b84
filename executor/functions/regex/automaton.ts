import { assert } from '../../../types/error.ts'
import type { Alphabet } from './alphabet.ts'
import type { Bits } from './bits.ts'
import type { Place } from './place.ts'
import { FACT, type Program } from './program.ts'

/** The instructions a run stands at before the facts of the position are asked. */
interface State {
  readonly at: readonly number[]
  /** By the facts of the position. */
  readonly settled: (Settled | undefined)[]
}

/** The same, with the facts known: whether the run may end here, which instructions read on, where each class of characters leads. */
interface Settled {
  readonly accepts: boolean
  readonly reads: readonly number[]
  readonly next: (State | undefined)[]
  /** The next states settled, where no facts hold. */
  readonly after: (Settled | undefined)[]
}

export interface RunOptions {
  /** Ends only at these positions. */
  readonly among?: Bits
  /** Does not end where it begins. */
  readonly moves?: boolean
  /** Takes the first end instead of the last. */
  readonly shortest?: boolean
  /** Gets every end. */
  readonly into?: Bits
}

const LONGEST: RunOptions = {}
const NO_LOOKS: readonly Bits[] = []

/** States and steps that an automaton remembers, and all of a pattern together, in numbers; then all is forgotten. */
const KEPT_MAX = 100_000
const KEPT_OF_ALL_MAX = 1_000_000
/** A visit of an instruction costs this part of reading a character. */
const VISIT_COST = 1 / 4

/**
 * Runs a program over a text, all its alternatives at once: states are sets of instructions, made and remembered as texts need them
 * (RE2's lazy deterministic automaton). Time is linear in the text: one step a character, at worst as many as the program is long.
 */
export class Automaton {
  readonly program: Program
  readonly #alphabet: Alphabet
  readonly #all: readonly Automaton[]
  /** By a hash of their instructions. */
  readonly #states = new Map<number, State[]>()
  /** The round in which an instruction was last visited. */
  readonly #visited: Int32Array
  #round = 0
  #kept = 0
  #first: State
  /** Asks for nothing inside a text. */
  readonly #plain: boolean

  /** `all`: the automata of the pattern. */
  constructor(program: Program, alphabet: Alphabet, all: readonly Automaton[]) {
    this.program = program
    this.#alphabet = alphabet
    this.#all = all
    this.#visited = new Int32Array(program.ops.length)
    this.#first = this.#state([program.first])
    this.#plain = (program.asks & ~(FACT['text start'] | FACT['text end'])) === 0
  }

  /** Roughly how many numbers of memory it takes. */
  get held(): number {
    return this.#kept + this.program.ops.length * 3
  }

  /** The last position a match from `from` may end at (the first with `shortest`), not beyond `until`; -1: none. */
  run(place: Place, from: number, until: number, options: RunOptions = LONGEST): number {
    const { among, moves = false, shortest = false, into } = options
    const { backward, asks } = this.program
    if (this.#plain && !backward && !moves && among === undefined && into === undefined)
      return this.#runFast(place, from, until, shortest)
    const { text } = place
    const alphabet = this.#alphabet
    const looks = place.marksOf(this.program.looks)
    let state = this.#first
    let at = from
    let found = -1
    for (;;) {
      const inside = this.#plain && at > 0 && at < text.length
      const facts = inside ? 0 : place.facts(at, asks, looks)
      const settled = state.settled[facts] ?? this.#settle(state, facts, place)
      if (settled.accepts && !(moves && at === from) && (among === undefined || among.has(at))) {
        found = at
        into?.add(at)
        if (shortest) break
      }
      if (at === until || settled.reads.length === 0) break
      const code = backward ? codeBefore(text, at) : text.codePointAt(at)!
      const id = alphabet.classOf(code, place)
      state = settled.next[id] ?? this.#step(settled, id, place)
      if (backward) at -= code > 0xffff ? 2 : 1
      else at += code > 0xffff ? 2 : 1
    }
    place.spend(Math.abs(at - from))
    return found
  }

  /**
   * For a forward program that may skip characters first: where the first match to end begins at the earliest, and where it ends.
   * The match that begins first begins between the two. All matches begin with the text `leading`.
   */
  search(
    place: Place,
    from: number,
    leading: string,
  ): { readonly open: number; readonly close: number } | undefined {
    const { text } = place
    const { asks } = this.program
    const looks = place.marksOf(this.program.looks)
    const first = this.#first
    const { ascii } = this.#alphabet
    let state = first
    let at = from
    let open = from
    for (;;) {
      if (state === first) {
        if (leading !== '' && (at = text.indexOf(leading, at)) === -1) return undefined
        open = at
      }
      const inside = this.#plain && at > 0 && at < text.length
      const facts = inside ? 0 : place.facts(at, asks, looks)
      const settled = state.settled[facts] ?? this.#settle(state, facts, place)
      if (settled.accepts || at === text.length) {
        place.spend(at - from)
        return settled.accepts ? { open, close: at } : undefined
      }
      const unit = text.charCodeAt(at++)
      let id = unit < 128 ? ascii[unit]! - 1 : -1
      if (id === -1) {
        const code = text.codePointAt(at - 1)!
        id = this.#alphabet.classOf(code, place)
        if (code > 0xffff) at++
      }
      state = settled.next[id] ?? this.#step(settled, id, place)
    }
  }

  /** The same forward where facts hold at the ends of the text only. */
  #runFast(place: Place, from: number, until: number, shortest: boolean): number {
    const { text } = place
    const { asks } = this.program
    const alphabet = this.#alphabet
    const { ascii } = alphabet
    const edge = asks === 0 ? -1 : text.length
    let settled = this.#at(this.#first, asks === 0 ? 0 : place.facts(from, asks, NO_LOOKS), place)
    let at = from
    let found = -1
    for (;;) {
      if (settled.accepts) {
        found = at
        if (shortest) break
      }
      if (at === until || settled.reads.length === 0) break
      const unit = text.charCodeAt(at++)
      let id = unit < 128 ? ascii[unit]! - 1 : -1
      if (id === -1) {
        const code = text.codePointAt(at - 1)!
        id = alphabet.classOf(code, place)
        if (code > 0xffff) at++
      }
      if (at === edge)
        settled = this.#at(
          settled.next[id] ?? this.#step(settled, id, place),
          place.facts(at, asks, NO_LOOKS),
          place,
        )
      else settled = settled.after[id] ?? this.#after(settled, id, place)
    }
    place.spend(at - from)
    return found
  }

  #at(state: State, facts: number, place: Place): Settled {
    return state.settled[facts] ?? this.#settle(state, facts, place)
  }

  #after(settled: Settled, id: number, place: Place): Settled {
    const state = settled.next[id] ?? this.#step(settled, id, place)
    const next = this.#at(state, 0, place)
    settled.after[id] = next
    return next
  }

  #settle(state: State, facts: number, place: Place): Settled {
    const { ops, args, nexts } = this.program
    const reads: number[] = []
    const open = [...state.at]
    const round = ++this.#round
    let accepts = false
    let visits = 0
    while (open.length > 0) {
      const i = open.pop()!
      if (this.#visited[i] === round) continue
      this.#visited[i] = round
      visits++
      const op = ops[i]!
      if (op === 'accept') accepts = true
      else if (op === 'set' || op === 'any') reads.push(i)
      else if (op === 'fork') open.push(nexts[i]!, args[i]!)
      else if (((facts & args[i]!) !== 0) === (op === 'when')) open.push(nexts[i]!)
    }
    place.spend(visits * VISIT_COST)
    const settled: Settled = { accepts, reads, next: [], after: [] }
    this.#keep(reads.length + grown(state.settled, facts))
    state.settled[facts] = settled
    return settled
  }

  #step(settled: Settled, id: number, place: Place): State {
    const { ops, args, nexts } = this.program
    const reached: number[] = []
    const round = ++this.#round
    for (const i of settled.reads) {
      const next = nexts[i]!
      if (this.#visited[next] === round) continue
      if (ops[i] === 'set' && !this.#alphabet.has(args[i]!, id)) continue
      this.#visited[next] = round
      reached.push(next)
    }
    place.spend(settled.reads.length * VISIT_COST)
    this.#keep(grown(settled.next, id) * 2)
    const state = this.#state(this.#inOrder(reached, round))
    settled.next[id] = state
    return state
  }

  /** Instructions visited in a round; many are not sorted but looked for. */
  #inOrder(reached: number[], round: number): readonly number[] {
    if (reached.length < this.#visited.length / 16) return reached.sort((a, b) => a - b)
    let count = 0
    for (let i = 0; i < this.#visited.length; i++) if (this.#visited[i] === round) reached[count++] = i
    return reached
  }

  /** The state of those instructions, which are in order. */
  #state(at: readonly number[]): State {
    let hash = at.length
    for (const i of at) hash = (Math.imul(hash, 31) + i) | 0
    let alike = this.#states.get(hash)
    if (alike === undefined) this.#states.set(hash, (alike = []))
    for (const state of alike) if (sameNumbers(state.at, at)) return state
    const state: State = { at, settled: [] }
    alike.push(state)
    this.#keep(at.length * 4)
    return state
  }

  /** Forgets everything when it gets to be much; a run goes on from the state it has. */
  #keep(count: number): void {
    this.#kept += count
    if (this.#kept < KEPT_MAX && this.#kept * this.#all.length < KEPT_OF_ALL_MAX) return
    this.#kept = 0
    this.#states.clear()
    this.#first = this.#state([this.program.first])
  }
}

/** Places that a list takes in memory for one more at `index`; a list with large gaps takes a few a place. */
function grown(list: readonly unknown[], index: number): number {
  return index < list.length ? 1 : Math.min(index + 1 - list.length, 512)
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function codeBefore(text: string, at: number): number {
  assert(at > 0, 'a run goes back before the text')
  const unit = text.charCodeAt(at - 1)
  if ((unit & 0xfc00) !== 0xdc00 || at === 1) return unit
  const code = text.codePointAt(at - 2)!
  return code > 0xffff ? code : unit
}
