import { assert } from '../../../types/error.ts'
import type { AreSet } from './are.ts'
import { literalOf, SHORTHAND, tooComplex } from './classes.ts'

/** Who pays for finding out the class of a character. */
export interface Payer {
  spend(steps: number): void
}

/** Sets of more than one character that a pattern may tell apart. */
const TESTS_MAX = 5_000
/** Classes are kept in 16 bits. */
const CLASSES_MAX = 0xffff
/** Testing one set costs as much as reading so many characters. */
const TEST_COST = 4

/**
 * The characters a pattern tells apart: two characters are of one class when every set of the pattern holds both or neither.
 * A character's class is found out when it is first met, so a pattern pays for the characters of its texts only. A set of one character is
 * compared, the others are tested.
 */
export class Alphabet {
  readonly #ignoreCase: boolean
  /** The tests' numbers, from 0. */
  readonly #numbers = new Map<string, number>()
  readonly #tests: RegExp[] = []
  /** Characters that are a set of their own. */
  readonly #literals = new Set<number>()
  readonly #classes = new Map<string, number>()
  /** By class: which tests hold, and the character if it is a set of its own. */
  readonly #members: string[] = []
  readonly #codes: number[] = []
  /** Classes plus one of the first 128 characters; 0: not known yet. */
  readonly ascii = new Uint16Array(128)
  /** Classes plus one, by the upper bits of a character. */
  readonly #pages: (Uint16Array | undefined)[] = []
  #words = -1

  constructor(ignoreCase: boolean) {
    this.#ignoreCase = ignoreCase
  }

  /** The set's number; below zero for one character. Sets are numbered before the first character is classed. Throws 2201B: too many. */
  set(set: AreSet): number {
    const c = set.negated ? undefined : literalOf(set.inside)
    if (c === undefined || (this.#ignoreCase && hasCase(c)))
      return this.#number(`[${set.negated ? '^' : ''}${set.inside}]`, this.#ignoreCase ? 'iu' : 'u')
    const code = c.codePointAt(0)!
    this.#literals.add(code)
    return ~code
  }

  /** The set of what words are made of. */
  words(): number {
    if (this.#words === -1) this.#words = this.#number(`[${SHORTHAND['w']}]`, 'u')
    return this.#words
  }

  classOf(code: number, payer: Payer): number {
    const known = this.#pages[code >> 8]?.[code & 255]
    return known ? known - 1 : this.#classify(code, payer)
  }

  /** Whether characters of a class are in a set. */
  has(set: number, classId: number): boolean {
    return set < 0 ? this.#codes[classId] === ~set : this.#members[classId]![set] === '1'
  }

  /** Roughly how many numbers of memory it takes. */
  get held(): number {
    return (this.#members.length * (this.#tests.length + 64)) / 8 + this.#tests.length * 16
  }

  #number(source: string, flags: string): number {
    const key = `${flags}${source}`
    let number = this.#numbers.get(key)
    if (number === undefined) {
      assert(this.#members.length === 0, 'a set is numbered after characters were classed')
      number = this.#tests.length
      if (number >= TESTS_MAX) throw tooComplex()
      this.#tests.push(new RegExp(`^${source}$`, flags))
      this.#numbers.set(key, number)
    }
    return number
  }

  #classify(code: number, payer: Payer): number {
    payer.spend(this.#tests.length * TEST_COST)
    const c = String.fromCodePoint(code)
    let members = ''
    for (const test of this.#tests) members += test.test(c) ? '1' : '0'
    const literal = this.#literals.has(code) ? code : -1
    const key = literal === -1 ? members : `${members}${c}`
    let id = this.#classes.get(key)
    if (id === undefined) {
      id = this.#members.length
      if (id >= CLASSES_MAX) throw tooComplex()
      this.#members.push(members)
      this.#codes.push(literal)
      this.#classes.set(key, id)
    }
    const page = (this.#pages[code >> 8] ??= new Uint16Array(256))
    page[code & 255] = id + 1
    if (code < 128) this.ascii[code] = id + 1
    return id
  }
}

function hasCase(c: string): boolean {
  return c.toLowerCase() !== c || c.toUpperCase() !== c
}
