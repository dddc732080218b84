import { SqlError } from '../../../types/error.ts'
import type { Alphabet } from './alphabet.ts'
import type { AreLook } from './are.ts'
import type { Automaton } from './automaton.ts'
import { Bits } from './bits.ts'
import { FACT, LOOK } from './program.ts'

const WORDS = FACT['word start'] | FACT['word end']

/** Characters that may be read over and over for one statement's text, beyond a number for each of its own. */
const STEPS_MAX = 20_000_000
const STEPS_PER_CHARACTER = 100

/**
 * A text with what holds at its positions. Look-arounds are found out for all positions at once, innermost first, when they are
 * first asked: a look-behind is run forward and may begin anywhere, the positions where it ends are those where it holds; a look-ahead is
 * run backward. So the time stays linear in the text and a look-around costs a bit a position (Barrière and Pit-Claudel, Linear Matching
 * of JavaScript Regular Expressions, PLDI 2024, section 4.4).
 */
export class Place {
  readonly text: string
  /** Where matches begin, once that is known. */
  starts: Bits | undefined
  readonly #alphabet: Alphabet
  readonly #automatonOf: (look: AreLook) => Automaton
  #marks: Map<AreLook, Bits> | undefined
  #stepsLeft: number

  constructor(text: string, alphabet: Alphabet, automatonOf: (look: AreLook) => Automaton) {
    this.text = text
    this.#alphabet = alphabet
    this.#automatonOf = automatonOf
    this.#stepsLeft = STEPS_MAX + STEPS_PER_CHARACTER * text.length
  }

  /** Where each look-around holds, whether that is wanted or not. */
  marksOf(looks: readonly AreLook[]): readonly Bits[] {
    return looks.length === 0 ? NO_MARKS : looks.map(look => this.#marksOf(look))
  }

  #marksOf(look: AreLook): Bits {
    this.#marks ??= new Map()
    let marks = this.#marks.get(look)
    if (marks === undefined) {
      marks = new Bits(0, this.text.length)
      const end = this.text.length
      this.#automatonOf(look).run(this, look.ahead ? end : 0, look.ahead ? 0 : end, { into: marks })
      this.#marks.set(look, marks)
    }
    return marks
  }

  /** The facts among those asked for that hold at a position. */
  facts(at: number, asks: number, looks: readonly Bits[]): number {
    const { text } = this
    const first = at === 0
    const last = at === text.length
    let facts = 0
    if (first) facts |= FACT['text start'] | FACT['line start']
    else if (text.charCodeAt(at - 1) === 10) facts |= FACT['line start']
    if (last) facts |= FACT['text end'] | FACT['line end']
    else if (text.charCodeAt(at) === 10) facts |= FACT['line end']
    if ((asks & WORDS) !== 0) {
      const before = !first && this.#isWord(at - 1)
      const after = !last && this.#isWord(at)
      if (before !== after) facts |= after ? FACT['word start'] : FACT['word end']
    }
    for (let i = 0; i < looks.length; i++) if (looks[i]!.has(at)) facts |= LOOK << i
    return facts & asks
  }

  /** Whether the unit at an index is of a character of words. */
  #isWord(index: number): boolean {
    const { text } = this
    const unit = text.charCodeAt(index)
    if (unit < 128) return ASCII_WORDS[unit] === 1
    const low = index > 0 && (unit & 0xfc00) === 0xdc00
    const code = text.codePointAt(low ? index - 1 : index)!
    return this.#alphabet.has(this.#alphabet.words(), this.#alphabet.classOf(code, this))
  }

  /** Characters that may still be read. */
  get stepsLeft(): number {
    return this.#stepsLeft
  }

  /** Counts characters read. Throws 54001 when a pattern reads the text again and again. */
  spend(count: number): void {
    this.#stepsLeft -= count
    if (this.#stepsLeft < 0) throw tooManySteps()
  }
}

export function tooManySteps(): SqlError {
  return new SqlError('statement_too_complex', 'regular expression takes too many steps for this text')
}

const NO_MARKS: readonly Bits[] = []

/** Whether an ASCII character is of words. */
const ASCII_WORDS = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(/\w/.test(String.fromCharCode(code))),
)
