import { Alphabet } from './alphabet.ts'
import type { AreLook, AreNode } from './are.ts'
import { Automaton } from './automaton.ts'
import { Bits } from './bits.ts'
import { tooComplex } from './classes.ts'
import { dissect } from './dissect.ts'
import { beginsAtStart, endsAtEnd, isText, leadingText, neededText } from './needs.ts'
import { partsOf, prefersShort, refersBack } from './parts.ts'
import { Place } from './place.ts'
import { compileProgram } from './program.ts'
import { referringFinder } from './referring.ts'
import { characterLength, type Match, type Regex } from './search.ts'

/** Instructions of all automata of a pattern together. */
const INSTRUCTIONS_MAX = 500_000

/**
 * A pattern whose matches are PostgreSQL's, groups and look-arounds included. A run over the text finds the first match to end, the
 * characters where the first to begin may do so are tried, `dissect` finds the groups. Where trying takes long, a run backward
 * marks all positions where matches begin. So the time of a match is linear in the text, whatever the pattern.
 */
export function linearRegex(tree: AreNode, ignoreCase: boolean): Regex {
  const alphabet = new Alphabet(ignoreCase)
  numberSets(tree, alphabet)
  let instructions = 0

  const all: Automaton[] = []
  const kept = new Map<AreNode, (Automaton | undefined)[]>()
  const automaton = (node: AreNode, backward: boolean, anywhere: boolean): Automaton => {
    let ways = kept.get(node)
    if (ways === undefined) kept.set(node, (ways = []))
    const way = (backward ? 1 : 0) + (anywhere ? 2 : 0)
    let found = ways[way]
    if (found === undefined) {
      const program = compileProgram(node, alphabet, backward, anywhere)
      instructions += program.ops.length
      if (instructions > INSTRUCTIONS_MAX) throw tooComplex()
      ways[way] = found = new Automaton(program, alphabet, all)
      all.push(found)
    }
    return found
  }
  const anchored = (node: AreNode, backward: boolean) => automaton(node, backward, false)
  const ofLook = (look: AreLook) => automaton(look.body, look.ahead, true)
  automaton(tree, false, true)
  const { root, groups } = partsOf(tree)

  const needed = ignoreCase ? '' : neededText(tree)
  const leading = ignoreCase ? '' : leadingText(tree)
  const onlyText = !ignoreCase && isText(tree)
  const atStart = beginsAtStart(tree)
  const atEnd = !atStart && endsAtEnd(tree)
  const shortest = prefersShort(root)

  /** All positions from one on where matches begin; found once, and positions only grow. */
  const beginnings = (place: Place, from: number): Bits => {
    if (place.starts === undefined) {
      place.starts = new Bits(0, place.text.length)
      automaton(tree, true, true).run(place, place.text.length, from, { into: place.starts })
    }
    return place.starts
  }

  /** The match that begins first, and of these the longest or shortest. */
  const firstSpan = (place: Place, from: number): { begin: number; end: number } | undefined => {
    const { text } = place
    if (needed !== '') {
      const found = text.indexOf(needed, from)
      if (found === -1) return undefined
      if (onlyText) return { begin: found, end: found + needed.length }
    }
    const end = text.length
    if (atEnd) {
      const begin = automaton(tree, true, false).run(place, end, from)
      return begin === -1 ? undefined : { begin, end }
    }
    const forward = automaton(tree, false, false)
    const bounds = atStart
      ? { open: 0, close: from === 0 ? 0 : -1 }
      : automaton(tree, false, true).search(place, from, leading)
    if (bounds === undefined) return undefined
    const enough = place.stepsLeft - TRIES * (bounds.close - bounds.open + 64)
    for (let begin = bounds.open; begin <= bounds.close; begin += characterLength(text, begin)) {
      if (place.stepsLeft < enough) break
      const end = forward.run(place, begin, text.length, { shortest })
      if (end !== -1) return { begin, end }
    }
    if (atStart) return undefined
    const begin = beginnings(place, bounds.open).next(bounds.open)
    return { begin, end: forward.run(place, begin, text.length, { shortest }) }
  }

  const held = () => all.reduce((sum, each) => sum + each.held, alphabet.held)
  if (refersBack(root)) {
    const finder = (text: string) => {
      const place = new Place(text, alphabet, ofLook)
      return referringFinder(root, groups, place, ignoreCase, anchored, from => beginnings(place, from))
    }
    return { groups, held, finder, test: text => finder(text)(0) !== undefined }
  }
  return {
    groups,
    held,
    test(text) {
      if (needed !== '' && (onlyText || !text.includes(needed))) return onlyText && text.includes(needed)
      const place = new Place(text, alphabet, ofLook)
      if (atStart) return automaton(tree, false, false).run(place, 0, text.length, SHORTEST) !== -1
      if (atEnd) return automaton(tree, true, false).run(place, text.length, 0, SHORTEST) !== -1
      const anywhere = automaton(tree, false, true)
      if (leading === '') return anywhere.run(place, 0, text.length, SHORTEST) !== -1
      return anywhere.search(place, 0, leading) !== undefined
    },
    finder(text) {
      const place = new Place(text, alphabet, ofLook)
      return from => {
        const found = firstSpan(place, from)
        if (found === undefined) return undefined
        const { begin, end } = found
        const match: Match = { starts: [begin], ends: [end] }
        if (groups > 0) {
          for (let g = 1; g <= groups; g++) {
            match.starts.push(-1)
            match.ends.push(-1)
          }
          dissect(root, place, begin, end, match, anchored)
        }
        return match
      }
    },
  }
}

const SHORTEST = { shortest: true }
/** How often the characters where a match may begin are tried before they are found out by a run backward. */
const TRIES = 8

/** An alphabet knows its sets before its characters. */
function numberSets(node: AreNode, alphabet: Alphabet): void {
  if (node.kind === 'set') alphabet.set(node)
  else if (node.kind === 'sequence' || node.kind === 'choice')
    for (const item of node.items) numberSets(item, alphabet)
  else if (node.kind === 'assertion') alphabet.words()
  else numberSets(node.body, alphabet)
}
