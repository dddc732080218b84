import { notSupported, SqlError } from '../../types/error.ts'
import { type Cursor, parseFragment } from './cursor.ts'

/** Statements of RisingWave that PostgreSQL's grammar does not know. */
export const OTHER_STATEMENTS: ReadonlySet<string> = new Set(['backup', 'kill', 'use'])

/**
 * Reads a statement; where it seems wrong and PostgreSQL's grammar takes it, it is one that is not there yet: 0A000 with its
 * words, in place of a syntax error.
 */
export function orKnownElsewhere<T>(c: Cursor, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof SqlError) || error.condition !== 'syntax_error' || !isPostgres(c)) throw error
    const words = c.tokens.filter(token => token.kind === 'word').slice(0, 2)
    const [verb, kind] = words.map(token => token.value.toUpperCase())
    const near = c.tokens.find(token => token.start === error.position)
    const rest = near === undefined || words.includes(near) ? '' : ` … ${near.text.toUpperCase()}`
    throw notSupported(`${verb} ${kind}${rest}`, { position: error.position })
  }
}

function isPostgres(c: Cursor): boolean {
  try {
    parseFragment(c.sql, c.tokens[0]!.start, c.end)
    return true
  } catch (error) {
    if (error instanceof SqlError) return false
    throw error
  }
}
