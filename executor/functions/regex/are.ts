/** What holds or does not hold between two characters. */
export type Assertion =
  | 'text start'
  | 'text end'
  | 'line start'
  | 'line end'
  | 'word start'
  | 'word end'
  | 'word edge'
  | 'no word edge'

/** A piece of an advanced regular expression of PostgreSQL (9.7.3). */
export type AreNode =
  | AreSet
  | { readonly kind: 'assertion'; readonly what: Assertion }
  | AreLook
  | AreBack
  | { readonly kind: 'group'; readonly captures: boolean; readonly body: AreNode }
  | AreSequence
  | { readonly kind: 'choice'; readonly items: readonly AreNode[] }
  | AreRepeat

/** One character: `inside` of brackets as JavaScript writes them; none of them when `negated`. */
export interface AreSet {
  readonly kind: 'set'
  readonly negated: boolean
  readonly inside: string
}

/** Whether the body matches from a position on (`ahead`) or up to it, and is `wanted` to. */
export interface AreLook {
  readonly kind: 'look'
  readonly ahead: boolean
  readonly wanted: boolean
  readonly body: AreNode
}

/** What a group matched, once more; `body` matches all that may be, without constraints. */
export interface AreBack {
  readonly kind: 'back'
  readonly group: number
  readonly body: AreNode
}

export interface AreSequence {
  readonly kind: 'sequence'
  readonly items: readonly AreNode[]
}

export interface AreRepeat {
  readonly kind: 'repeat'
  readonly body: AreNode
  readonly min: number
  readonly max: number
  /** Written {n}: the body's preference is kept. */
  readonly fixed: boolean
  readonly lazy: boolean
}

/** Matches where it stands. */
export const NOTHING: AreSequence = { kind: 'sequence', items: [] }

/** The same without what asks for more than characters. */
export function unconstrained(node: AreNode): AreNode {
  switch (node.kind) {
    case 'assertion':
    case 'look':
      return NOTHING
    case 'group':
    case 'repeat':
      return { ...node, body: unconstrained(node.body) }
    case 'sequence':
    case 'choice':
      return { ...node, items: node.items.map(unconstrained) }
    default:
      return node
  }
}
