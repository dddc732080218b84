import { unreachable } from '../../../types/error.ts'
import type { Alphabet } from './alphabet.ts'
import type { AreLook, AreNode, AreRepeat, Assertion } from './are.ts'
import { tooComplex } from './classes.ts'

/**
 * A nondeterministic automaton (Thompson 1968): instructions by number, `first` begins. What an instruction says is in `ops`, `args`
 * and `nexts`: a set is read, or a fact of the position is asked, and it goes on at `next`; a fork goes on at `arg` too.
 */
export interface Program {
  readonly ops: readonly Op[]
  readonly args: Int32Array
  readonly nexts: Int32Array
  readonly first: number
  /** Reads the text from its end to its beginning. */
  readonly backward: boolean
  /** Facts it asks for, see `facts.ts`; 0: none. */
  readonly asks: number
  /** Look-arounds it asks for; that of number i is the fact LOOK << i. */
  readonly looks: readonly AreLook[]
}

export type Op = 'accept' | 'set' | 'any' | 'fork' | 'when' | 'unless'

/** What may hold at a position, a bit each. */
export const FACT = {
  'text start': 1,
  'text end': 2,
  'line start': 4,
  'line end': 8,
  'word start': 16,
  'word end': 32,
} as const
/** The fact of the first look-around. */
export const LOOK = 64
const LOOKS_MAX = 24
const SIZE_MAX = 50_000

/**
 * The automaton of a node, `backward` for the mirrored text; with `anywhere` it may skip characters first.
 * Throws 2201B when it gets too large.
 */
export function compileProgram(
  node: AreNode,
  alphabet: Alphabet,
  backward: boolean,
  anywhere = false,
): Program {
  const ops: Op[] = []
  const args: number[] = []
  const nexts: number[] = []
  const looks: AreLook[] = []
  let asks = 0

  const put = (op: Op, arg: number, next: number): number => {
    if (ops.length >= SIZE_MAX) throw tooComplex()
    args.push(arg)
    nexts.push(next)
    return ops.push(op) - 1
  }

  const ask = (op: 'when' | 'unless', facts: number, next: number): number => {
    asks |= facts
    return put(op, facts, next)
  }

  /** Puts the instructions of a node that goes on at `next`; gives its first one. */
  const emit = (part: AreNode, next: number): number => {
    switch (part.kind) {
      case 'set':
        return part.negated && part.inside === '' ? put('any', 0, next) : put('set', alphabet.set(part), next)
      case 'assertion':
        if (part.what === 'no word edge') return ask('unless', factsOf('word edge'), next)
        return ask('when', factsOf(part.what), next)
      case 'look':
        if (!looks.includes(part)) looks.push(part)
        if (looks.length > LOOKS_MAX) throw tooComplex()
        return ask(part.wanted ? 'when' : 'unless', LOOK << looks.indexOf(part), next)
      case 'group':
      case 'back':
        return emit(part.body, next)
      case 'sequence':
        for (let i = 0; i < part.items.length; i++)
          next = emit(part.items[backward ? i : part.items.length - 1 - i]!, next)
        return next
      case 'choice':
        return part.items.map(item => emit(item, next)).reduce((rest, first) => put('fork', first, rest))
      case 'repeat':
        return repeated(part, next)
      default:
        return unreachable(part)
    }
  }

  const repeated = (part: AreRepeat, next: number): number => {
    let first = next
    if (part.max === Number.POSITIVE_INFINITY) first = endless(part.body, next)
    else for (let i = part.min; i < part.max; i++) first = put('fork', emit(part.body, first), next)
    for (let i = 0; i < part.min; i++) first = emit(part.body, first)
    return first
  }

  const endless = (body: AreNode, next: number): number => {
    const loop = put('fork', -1, next)
    args[loop] = emit(body, loop)
    return loop
  }

  const last = put('accept', 0, -1)
  const begin = emit(node, last)
  const first = anywhere ? endless(ANY, begin) : begin
  return { ops, args: Int32Array.from(args), nexts: Int32Array.from(nexts), first, backward, asks, looks }
}

const ANY: AreNode = { kind: 'set', negated: true, inside: '' }

function factsOf(what: Exclude<Assertion, 'no word edge'>): number {
  return what === 'word edge' ? FACT['word start'] | FACT['word end'] : FACT[what]
}
