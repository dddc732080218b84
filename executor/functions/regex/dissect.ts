import { assert } from '../../../types/error.ts'
import type { AreNode } from './are.ts'
import type { Automaton } from './automaton.ts'
import { Bits } from './bits.ts'
import { type Part, prefersShort } from './parts.ts'
import type { Place } from './place.ts'

/** Gives the automaton of a node, made when it is first needed. */
export type AutomatonOf = (node: AreNode, backward: boolean) => Automaton

/**
 * Finds the groups of a match from `begin` to `end`, a part of the pattern at a time: where two parts stand behind each other, a run of the
 * right one backward from the end marks where it may begin, and a run of the left one takes the last of these positions (the first if it
 * prefers short). That is PostgreSQL's choice, which tries positions one after the other.
 */
export function dissect(
  whole: Part,
  place: Place,
  begin: number,
  end: number,
  match: { readonly starts: number[]; readonly ends: number[] },
  automatonOf: AutomatonOf,
): void {
  const visit = (part: Part, from: number, to: number): void => {
    for (;;) {
      if (part.kind === 'plain') return
      if (part.kind === 'capture') {
        match.starts[part.group] = from
        match.ends[part.group] = to
        part = part.body
      } else if (part.kind === 'choice') {
        const taken = part.branches.find(branch => fits(branch, from, to))
        assert(taken !== undefined, 'no branch of a pattern fits its match')
        part = taken
      } else if (part.kind === 'pair') {
        const middle = between(part.left, part.right, from, to)
        visit(part.left, from, middle)
        from = middle
        part = part.right
      } else {
        assert(part.kind === 'repeat', 'back-references are found by trying')
        if (from < to) from = lastRepetition(part, from, to)
        else if (prefersShort(part.body) || !fits(part.body, from, to)) return
        part = part.body
      }
    }
  }

  const fits = (part: Part, from: number, to: number): boolean =>
    automatonOf(part.node, false).run(place, from, to) === to

  const between = (left: Part, right: Part, from: number, to: number): number => {
    const forward = automatonOf(left.node, false)
    const shortest = prefersShort(left)
    const wished = forward.run(place, from, to, { shortest })
    if (fits(right, wished, to)) return wished
    const middle = forward.run(place, from, to, { shortest, among: beginnings(right.node, from, to) })
    assert(middle !== -1, 'no position divides a match')
    return middle
  }

  /** Where matches of a node that end at `to` begin. */
  const beginnings = (node: AreNode, from: number, to: number): Bits => {
    const into = new Bits(from, to)
    automatonOf(node, true).run(place, to, from, { into })
    return into
  }

  /** Where the last repetition begins; none is empty. */
  const lastRepetition = (part: Part & { kind: 'repeat' }, from: number, to: number): number => {
    const forward = automatonOf(part.body.node, false)
    const shortest = prefersShort(part.body)
    let among: Bits | undefined
    for (let left = part.node.max - 1; left > 0; left--) {
      if (among === undefined || left !== Number.POSITIVE_INFINITY)
        among = beginnings(remaining(part, left), from, to)
      const next = forward.run(place, from, to, { shortest, among, moves: true })
      assert(next !== -1, 'no position ends a repetition')
      if (next === to) break
      from = next
    }
    return from
  }

  visit(whole, begin, end)
}

const remainders = new WeakMap<Part, AreNode[]>()

/** The repetition with at most `max` times left; one node each, so that its automaton is kept. */
export function remaining(part: Part & { kind: 'repeat' }, max: number): AreNode {
  const index = max === Number.POSITIVE_INFINITY ? 0 : max
  let known = remainders.get(part)
  if (known === undefined) remainders.set(part, (known = []))
  return (known[index] ??= { ...part.node, min: 0, max })
}
