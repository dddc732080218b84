import { KEYWORDS } from './keywords.ts'

const wordsOf = (...lists: readonly string[]): ReadonlySet<string> =>
  new Set(lists.flatMap(list => list.match(/\w+/g)!))

/** Words that mean something else as the name of a column or relation. */
const RESERVED = wordsOf(KEYWORDS.T, KEYWORDS.R)
/** Those, and words that only some places take as a name. */
const NOT_PLAIN = wordsOf(KEYWORDS.C, KEYWORDS.T, KEYWORDS.R)

/** A name in quotes. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A name as PostgreSQL writes it: quoted where it is a word of the grammar or no lower-case word. */
export function quoteIdent(name: string): string {
  return isWord(name) && !NOT_PLAIN.has(name) ? name : quote(name)
}

/** The name of a column or relation, quoted only where it must be there. */
export function plainName(name: string): string {
  return isWord(name) && !RESERVED.has(name) ? name : quote(name)
}

/** A text as a string constant. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function isWord(name: string): boolean {
  return /^[a-z_][a-z0-9_]*$/.test(name)
}
