import { assert } from '../../../types/error.ts'
import type { AreSet } from './are.ts'
import { SHORTHAND } from './classes.ts'

/**
 * The characters a pattern tells apart: two characters are of one class when every set of the pattern holds both or neither.
 * A character's class is found out when it is first met, so a pattern pays for the characters of its texts only.
 */
export class Alphabet {
  readonly #ignoreCase: boolean
  readonly #numbers = new Map<string, number>()
  readonly #tests: RegExp[] = []
  readonly #classes = new Map<string, number>()
  readonly #members: string[] = []
  /** Classes plus one of the first 128 characters; 0: not known yet. */
  readonly ascii = new Uint16Array(128)
  /** Classes plus one, by the upper bits of a character. */
  readonly #pages: (Uint16Array | undefined)[] = []
  #words = -1

  constructor(ignoreCase: boolean) {
    this.#ignoreCase = ignoreCase
  }

  /** The set's number. Sets are numbered before the first character is classed. */
  set(set: AreSet): number {
    return this.#number(`[${set.negated ? '^' : ''}${set.inside}]`, this.#ignoreCase ? 'iu' : 'u')
  }

  /** The set of what words are made of. */
  words(): number {
    if (this.#words === -1) this.#words = this.#number(`[${SHORTHAND['w']}]`, 'u')
    return this.#words
  }

  classOf(code: number): number {
    const known = this.#pages[code >> 8]?.[code & 255]
    return known ? known - 1 : this.#classify(code)
  }

  /** Whether characters of a class are in a set. */
  has(set: number, classId: number): boolean {
    return this.#members[classId]![set] === '1'
  }

  #number(source: string, flags: string): number {
    const key = `${flags}${source}`
    let number = this.#numbers.get(key)
    if (number === undefined) {
      assert(this.#members.length === 0, 'a set is numbered after characters were classed')
      number = this.#tests.length
      this.#tests.push(new RegExp(`^${source}$`, flags))
      this.#numbers.set(key, number)
    }
    return number
  }

  #classify(code: number): number {
    const c = String.fromCodePoint(code)
    let members = ''
    for (const test of this.#tests) members += test.test(c) ? '1' : '0'
    let id = this.#classes.get(members)
    if (id === undefined) {
      id = this.#members.length
      this.#members.push(members)
      this.#classes.set(members, id)
    }
    const page = (this.#pages[code >> 8] ??= new Uint16Array(256))
    page[code & 255] = id + 1
    if (code < 128) this.ascii[code] = id + 1
    return id
  }
}
