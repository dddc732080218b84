import { compileProjection } from '../../executor/expression/compile.ts'
import { type Hold, holdRule } from '../../executor/functions/domains.ts'
import type { Catalog, Relation } from '../../planner/catalog.ts'
import { type CheckDef, checksIn } from '../../planner/constraint-def.ts'
import { defaultOf } from '../../planner/dml/columns.ts'
import { ruleOf } from '../../planner/domain.ts'
import { present, withLiterals } from '../../planner/query.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Chunk } from '../../types/chunk.ts'
import { holdsDomain } from '../../types/domain-type.ts'
import { SqlError } from '../../types/error.ts'
import { formatText } from '../../types/text-io.ts'
import { BOOL, fieldsOf } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { StatementContext } from './contract.ts'
import type { Written } from './write-effects.ts'

/** Throws 23502 for a NULL that a column does not take. */
export function rejectNulls(chunk: Chunk, table: Relation): void {
  table.columns.forEach(({ name, notNull }, i) => {
    const { nulls } = chunk.columns[i]!
    if (!notNull || nulls === null) return
    for (let row = 0; row < chunk.length; row++) {
      if (nulls[row] !== 1 || chunk.weights[row]! < 0) continue
      const message = `null value in column "${name}" of relation "${table.name}" violates not-null constraint`
      throw new SqlError('not_null_violation', message, { detail: failingRowOf(chunk, row, table) })
    }
  })
}

/** What throws for rows that a statement may not write: domains of columns are asked first; undefined: there is nothing to ask. */
export function checksOf(
  table: Relation,
  context: Pick<StatementContext, 'session' | 'catalogs'>,
): ((chunk: Chunk) => void) | undefined {
  const holds = ruledColumns(table, context.catalogs.current)
  const checks = ownChecksOf(table, context)
  if (holds.length === 0) return checks
  return chunk => {
    for (const { i, hold } of holds)
      for (let row = 0; row < chunk.length; row++) hold(cellValue(chunk.columns[i]!, row))
    checks?.(chunk)
  }
}

interface RuledColumn {
  readonly i: number
  /** Throws for a value that is none of its domain. */
  readonly hold: Hold
}

/** The columns of a table whose types have rules. */
export function ruledColumns(
  { columns }: Relation,
  types: Pick<Catalog, 'typeById'>,
): readonly RuledColumn[] {
  return columns.flatMap(({ type, dropped }, i) => {
    const rule = dropped === true ? undefined : ruleOf(type, types)
    return rule === undefined ? [] : [{ i, hold: holdRule(rule) }]
  })
}

/** What throws 23514 for rows that make a check of the table false, in the order of the checks' names; undefined: it has none. */
function ownChecksOf(
  table: Relation,
  { session }: Pick<StatementContext, 'session'>,
): ((chunk: Chunk) => void) | undefined {
  const checks = checksIn(table)
  if (checks.length === 0) return undefined
  const run = conditionsOf(table, checks, { session })
  return chunk => {
    const found = run(chunk)
    for (let row = 0; row < chunk.length; row++)
      checks.forEach(({ name }, i) => {
        if (cellValue(found!.columns[i]!, row) !== false) return
        const message = `new row for relation "${table.name}" violates check constraint "${name}"`
        throw new SqlError('check_violation', message, { detail: failingRowOf(chunk, row, table) })
      })
  }
}

/** Computes the checks' conditions, a column each, of rows of the table. */
export function conditionsOf(
  table: Relation,
  checks: readonly CheckDef[],
  { session }: Pick<StatementContext, 'session'>,
): (chunk: Chunk) => Chunk | undefined {
  const now = present()
  return compileProjection(
    checks.map(({ expression }) =>
      withLiterals(defaultOf(expression, BOOL, { session: session.number }), [], now),
    ),
    fieldsOf(table.columns),
    { mode: 'batch', onError: () => {} },
  )
}

/** Throws 55006 where rows were held against other constraints than those that the table has by now, or is about to have. */
export function requireSameConstraints(
  { table, references }: Pick<Written, 'table' | 'references'>,
  { catalogs }: Pick<StatementContext, 'catalogs'>,
): void {
  const catalog = catalogs.coming ?? catalogs.current
  const now = catalog.byId(table.id)
  const referred = catalog.referencesTo(table.id)
  const sameReferences =
    referred.length === references.length && referred.every(({ key }, i) => key === references[i]!.key)
  const isSame = (as: Relation) =>
    as.constraints === table.constraints &&
    String(as.key) === String(table.key) &&
    as.columns.every(
      ({ notNull, type }, i) =>
        notNull === table.columns[i]?.notNull && (type === table.columns[i]?.type || !holdsDomain(type)),
    )
  if (now === undefined || (sameReferences && isSame(now))) return
  throw new SqlError('object_in_use', 'the constraints of the table were changed while the statement ran', {
    hint: 'Run it again.',
  })
}

/** The row as PostgreSQL shows it in errors. */
export function failingRow(row: readonly Value[], { columns }: Relation): string {
  const cells = columns.flatMap(({ type, hidden }, i) => {
    if (hidden) return []
    const value = row[i]!
    return [value === null ? 'null' : cut(formatText(type, value))]
  })
  return `Failing row contains (${cells.join(', ')}).`
}

function failingRowOf({ columns }: Chunk, row: number, table: Relation): string {
  return failingRow(
    columns.map(column => cellValue(column, row)),
    table,
  )
}

const SHOWN_BYTES_MAX = 64

/** Long values are cut, at a letter. */
function cut(text: string): string {
  if (Buffer.byteLength(text) <= SHOWN_BYTES_MAX) return text
  let short = text.slice(0, SHOWN_BYTES_MAX)
  while (Buffer.byteLength(short) > SHOWN_BYTES_MAX) short = [...short].slice(0, -1).join('')
  return `${short}...`
}
