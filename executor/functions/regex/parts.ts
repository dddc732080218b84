import { type AreNode, type AreRepeat, NOTHING } from './are.ts'
import { tooComplex } from './classes.ts'

/**
 * A pattern cut into parts: what has no groups and one preference of length is one part (`plain`), because only its two ends are to be
 * found; the rest is put together of parts. PostgreSQL cuts so (9.7.3.5 gives the rules of preference), and where it cuts decides which of
 * several ways groups take part in an equally long match.
 */
export type Part =
  | { readonly kind: 'plain'; readonly node: AreNode; readonly flags: number }
  | {
      readonly kind: 'capture'
      readonly node: AreNode
      readonly flags: number
      readonly group: number
      readonly body: Part
    }
  | {
      readonly kind: 'pair'
      readonly node: AreNode
      readonly flags: number
      readonly left: Part
      readonly right: Part
    }
  | {
      readonly kind: 'choice'
      readonly node: AreNode
      readonly flags: number
      readonly branches: readonly Part[]
    }
  | { readonly kind: 'repeat'; readonly node: AreRepeat; readonly flags: number; readonly body: Part }
  | BackPart

/** What a group matched, `min` to `max` times. */
export interface BackPart {
  readonly kind: 'back'
  readonly node: AreNode
  readonly flags: number
  readonly group: number
  readonly min: number
  readonly max: number
}

/** Prefers the longest match. */
const LONG = 1
/** Prefers the shortest match. */
const SHORT = 2
/** Something in it prefers another length than it does. */
const MIXED = 4
const CAPTURES = 8
const REFERS = 16

/** Parts one in or behind the other. */
const DEPTH_MAX = 1_000

/** Whether back-references stand in it. */
export function refersBack(part: Part): boolean {
  return (part.flags & REFERS) !== 0
}

export function prefersShort(part: Part): boolean {
  return (part.flags & SHORT) !== 0
}

/** The parts of a pattern and how many groups it has. Throws 2201B: too many parts. */
export function partsOf(tree: AreNode): { readonly root: Part; readonly groups: number } {
  let groups = 0
  let depth = 0

  const choice = (node: AreNode): Part => {
    if (node.kind !== 'choice') return branch(node.kind === 'sequence' ? node.items : [node])
    const branches = node.items.map(item => branch(item.kind === 'sequence' ? item.items : [item]))
    const flags = branches.reduce((all, one) => all | upward(all | one.flags), LONG)
    return isMessy(flags) ? { kind: 'choice', node, flags, branches } : { kind: 'plain', node, flags }
  }

  /** The items from `first` on. */
  const branch = (items: readonly AreNode[], first = 0): Part => {
    if (++depth > DEPTH_MAX) throw tooComplex()
    const part = cut(items, first)
    depth--
    return part
  }

  const cut = (items: readonly AreNode[], first: number): Part => {
    let flags = 0
    for (let i = first; i < items.length; i++) {
      const item = items[i]!
      if (item.kind === 'assertion' || item.kind === 'look') continue
      if (item.kind === 'repeat' && item.max === 0) {
        groups += groupsIn(item.body)
        continue
      }
      const wish = item.kind !== 'repeat' || item.fixed ? 0 : item.lazy ? SHORT : LONG
      const atom = atomOf(item.kind === 'repeat' ? item.body : item)
      const both = flags | wish | atom.flags
      if (!isMessy(upward(both))) {
        flags = both
        continue
      }
      const before: Part = { kind: 'plain', node: sequence(items.slice(first, i)), flags }
      const part = quantified(item, atom, wish)
      if (i === items.length - 1) return i === first ? part : pair(before, part)
      const joined = followed(part, combined(wish, atom.flags), branch(items, i + 1), i > first)
      return i === first ? joined : pair(before, joined)
    }
    return { kind: 'plain', node: sequence(items.slice(first)), flags }
  }

  /** A part with its preference and what follows it. Where something is `before`, the two may be as good as one. */
  const followed = (part: Part, flags: number, rest: Part, before: boolean): Part => {
    const both = pair(part, rest, flags)
    const alike = part.kind === 'plain' && rest.kind === 'plain' && !isMessy(upward(part.flags | rest.flags))
    return before && alike ? { kind: 'plain', node: both.node, flags: both.flags } : both
  }

  const atomOf = (node: AreNode): Part => {
    if (node.kind === 'back') return { kind: 'back', node, flags: REFERS, group: node.group, min: 1, max: 1 }
    if (node.kind !== 'group') return { kind: 'plain', node, flags: 0 }
    if (!node.captures) return choice(node.body)
    const group = ++groups
    const body = choice(node.body)
    return { kind: 'capture', node, flags: body.flags | CAPTURES, group, body }
  }

  const quantified = (item: AreNode, atom: Part, wish: number): Part => {
    if (item.kind !== 'repeat') return atom
    const own = atom.flags & (LONG | SHORT | MIXED)
    if (item.min === 1 && item.max === 1 && (wish === 0 || own === 0 || wish === own)) return atom
    const flags = combined(wish, atom.flags)
    if (atom.kind === 'back' && item.body.kind === 'back')
      return { ...atom, node: item, flags: atom.flags | flags, min: item.min, max: item.max }
    if ((atom.flags & (CAPTURES | REFERS)) === 0) return { kind: 'plain', node: item, flags }
    if (item.min === 0 || refersBack(atom)) return { kind: 'repeat', node: item, flags, body: atom }
    // Only the last repetition is seen in the groups: what is before it is plain.
    const fewer: AreRepeat = { ...item, min: item.min - 1, max: item.max - 1 }
    const left: Part = { kind: 'plain', node: fewer, flags: flags & (LONG | SHORT) }
    return { kind: 'pair', node: item, flags, left, right: atom }
  }

  const root = choice(tree)
  return { root, groups }
}

/** Two parts; `flags` are the left one's with its quantifier. */
function pair(left: Part, right: Part, flags = left.flags): Part {
  return {
    kind: 'pair',
    node: sequence([left.node, right.node]),
    flags: flags | combined(flags, right.flags),
    left,
    right,
  }
}

function sequence(items: readonly AreNode[]): AreNode {
  return items.length === 0 ? NOTHING : items.length === 1 ? items[0]! : { kind: 'sequence', items }
}

function isMessy(flags: number): boolean {
  return (flags & (MIXED | CAPTURES | REFERS)) !== 0
}

/** What a part says of itself to what holds it. */
function upward(flags: number): number {
  const mixed = (flags & LONG) !== 0 && (flags & SHORT) !== 0 ? MIXED : 0
  return (flags & ~(LONG | SHORT)) | mixed
}

/** Of two parts one behind the other; the first preference counts. */
function combined(first: number, second: number): number {
  const preference = first & (LONG | SHORT) || second & (LONG | SHORT)
  return upward(first | second) | preference
}

function groupsIn(node: AreNode): number {
  switch (node.kind) {
    case 'group':
      return (node.captures ? 1 : 0) + groupsIn(node.body)
    case 'repeat':
      return groupsIn(node.body)
    case 'sequence':
    case 'choice':
      return node.items.reduce((count, item) => count + groupsIn(item), 0)
    default:
      return 0
  }
}
