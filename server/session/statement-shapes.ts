import { parseStatements } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import { INT4 } from '../../types/type.ts'
import { prepareStatement } from './prepare-statement.ts'
import type { PreparedStatement, Session } from './session.ts'

/** A statement as it was sent, made of one that is known: numbers it compares columns with are parameters. */
export interface Shaped {
  readonly statement: PreparedStatement
  readonly values: readonly number[]
}

/** Columns of one relation where columns equal whole numbers, and nothing else. */
const SHAPE =
  /^\s*select\s+[\w.,\s*]+?\s+from\s+[\w.]+\s+where\s+[\w.]+\s*=\s*\d{1,9}(?:\s+and\s+[\w.]+\s*=\s*\d{1,9})*\s*;?\s*$/i
const NUMBER = /=\s*(\d{1,9})/g
/** What is bound by the time or the settings, not by name. */
const SPECIAL = /\b(?:current_|local|session_|system_|user\b)/i
const TEXT_MAX = 1000
const SHAPES_MAX = 200

/** Statements of one session that differ in numbers only are parsed and bound once. */
export class StatementShapes {
  readonly #known = new Map<string, PreparedStatement | undefined>()
  /** The catalog that they were bound by. */
  #catalog: unknown

  /** undefined: the statement is of another kind, or has an error that is told better from its own text. */
  find(session: Session, sql: string): Shaped | undefined {
    if (sql.length > TEXT_MAX || !SHAPE.test(sql) || SPECIAL.test(sql)) return undefined
    // Nothing is bound in a block that failed.
    if (session.block.status === 'E') return undefined
    const catalog = session.context.catalogs.current
    if (catalog !== this.#catalog) this.#known.clear()
    this.#catalog = catalog
    const values: number[] = []
    const shape = sql.replace(NUMBER, (_, digits: string) => `= $${values.push(Number(digits))}`)
    const { settings } = session
    const of = ['database', 'sql_dialect', 'search_path'].map(name => settings.get(name))
    const key = `${session.context.session.user} ${of.join(' ')} ${shape}`
    let statement = this.#known.get(key)
    if (statement === undefined) {
      if (this.#known.has(key)) return undefined
      statement = prepared(session, shape, values.length)
      if (this.#known.size >= SHAPES_MAX) this.#known.clear()
      this.#known.set(key, statement)
      if (statement === undefined) return undefined
    }
    return { statement: { ...statement, sql }, values }
  }
}

function prepared(session: Session, shape: string, count: number): PreparedStatement | undefined {
  try {
    const types = Array.from({ length: count }, () => INT4)
    const statement = prepareStatement(session, shape, parseStatements(shape)[0], types)
    return statement.parsed?.statement.kind === 'query' ? statement : undefined
  } catch (error) {
    if (error instanceof SqlError) return undefined
    throw error
  }
}
