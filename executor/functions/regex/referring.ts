import type { AreNode } from './are.ts'
import { Bits } from './bits.ts'
import { type AutomatonOf, remaining } from './dissect.ts'
import { type BackPart, type Part, prefersShort } from './parts.ts'
import type { Place } from './place.ts'
import { tooManySteps } from './place.ts'
import type { Match } from './search.ts'

/** Repetitions one inside the other. */
const DEPTH_MAX = 2_000
/** What things cost beside reading a character. */
const SET_COST = 32
const TRY_COST = 8
const VISIT_COST = 16

/**
 * Finds matches of a pattern with back-references, which no automaton can: automata say where a match might be if a back-reference
 * stood for all that its group may match, and the ways to divide it are tried in PostgreSQL's order until back-references fit. That may
 * take exponential time, so steps are counted: `Place.spend` throws 54001. `beginnings`: where matches may begin.
 */
export function referringFinder(
  root: Part,
  groups: number,
  place: Place,
  ignoreCase: boolean,
  automatonOf: AutomatonOf,
  beginnings: (from: number) => Bits,
): (from: number) => Match | undefined {
  const { text } = place
  const starts: number[] = []
  const ends: number[] = []
  let depth = 0

  const forward = (node: AreNode, from: number, to: number): Bits => {
    const into = new Bits(from, to)
    place.spend(SET_COST + (to - from) / 64)
    automatonOf(node, false).run(place, from, to, { into })
    return into
  }
  const backward = (node: AreNode, from: number, to: number): Bits => {
    const into = new Bits(from, to)
    place.spend(SET_COST + (to - from) / 64)
    automatonOf(node, true).run(place, to, from, { into })
    return into
  }
  const fits = (part: Part, from: number, to: number): boolean =>
    automatonOf(part.node, false).run(place, from, to) === to

  /** The positions of a set, as a part prefers them. */
  function* preferred(set: Bits, from: number, to: number, shortest: boolean): Generator<number> {
    let at = shortest ? set.next(from) : set.before(to)
    while (at !== -1) {
      place.spend(TRY_COST)
      yield at
      at = shortest ? set.next(at + 1) : set.before(at - 1)
    }
  }

  /** Whether the part's back-references fit; its automaton has said that it may match from `from` to `to`. */
  const visit = (part: Part, from: number, to: number): boolean => {
    place.spend(VISIT_COST)
    switch (part.kind) {
      case 'plain':
        return true
      case 'capture':
        if (!visit(part.body, from, to)) return false
        starts[part.group] = from
        ends[part.group] = to
        return true
      case 'choice':
        return part.branches.some(branch => fits(branch, from, to) && visit(branch, from, to))
      case 'back':
        return again(part, from, to)
      case 'pair': {
        const rights = backward(part.right.node, from, to)
        for (const middle of preferred(
          forward(part.left.node, from, to),
          from,
          to,
          prefersShort(part.left),
        )) {
          if (rights.has(middle) && visit(part.left, from, middle) && visit(part.right, middle, to))
            return true
          forget(part)
        }
        return false
      }
      case 'repeat':
        if (from === to && part.node.min === 0 && prefersShort(part.body)) return true
        return repeated(part, 1, from, to) || (from === to && part.node.min === 0)
    }
  }

  const again = ({ group, min, max }: BackPart, from: number, to: number): boolean => {
    if (starts[group] === -1) return false
    const one = text.slice(starts[group], ends[group])
    if (one === '') return from === to && min <= max
    if (from === to) return min === 0
    const times = (to - from) / one.length
    if (!Number.isInteger(times) || times < min || times > max) return false
    place.spend(to - from)
    const all = text.slice(from, to)
    const wanted = one.repeat(times)
    return all === wanted || (ignoreCase && all.toLowerCase() === wanted.toLowerCase())
  }

  /** The repetitions from the nth on; an empty one only where others would be too few. */
  const repeated = (part: Part & { kind: 'repeat' }, nth: number, from: number, to: number): boolean => {
    if (++depth > DEPTH_MAX) throw tooManySteps()
    const least = Math.max(1, part.node.min)
    const most = Math.max(least, Math.min(part.node.max, to - from + nth))
    const shortest = prefersShort(part.body)
    const rest = backward(remaining(part, Number.POSITIVE_INFINITY), from, to)
    for (const next of preferred(forward(part.body.node, from, to), from, to, shortest)) {
      if (!rest.has(next)) continue
      if (next === from && next !== to && (nth >= least || least - nth < to - from)) continue
      if (next === to ? nth < least : nth >= most) continue
      forget(part.body)
      if (visit(part.body, from, next) && (next === to || repeated(part, nth + 1, next, to))) {
        depth--
        return true
      }
    }
    depth--
    return false
  }

  /** What groups of a part have matched. */
  const forget = (part: Part): void => {
    if (part.kind === 'capture') starts[part.group] = ends[part.group] = -1
    if (part.kind === 'pair') {
      forget(part.left)
      forget(part.right)
    } else if (part.kind === 'choice') part.branches.forEach(forget)
    else if (part.kind === 'capture' || part.kind === 'repeat') forget(part.body)
  }

  return from => {
    for (const begin of preferred(beginnings(from), from, text.length, true)) {
      const last = automatonOf(root.node, false).run(place, begin, text.length)
      for (const end of preferred(forward(root.node, begin, last), begin, last, prefersShort(root))) {
        starts.length = ends.length = 0
        for (let g = 0; g <= groups; g++) starts[g] = ends[g] = -1
        depth = 0
        if (visit(root, begin, end))
          return { starts: [begin, ...starts.slice(1)], ends: [end, ...ends.slice(1)] }
      }
    }
    return undefined
  }
}
