import type { Relation } from '../../planner/catalog.ts'
import type { CheckDef, UniqueDef } from '../../planner/constraint-def.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { equalRows } from '../../storage/compare-cells.ts'
import { hashRows } from '../../storage/hash-rows.ts'
import type { Chunk } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import type { Value } from '../../types/value.ts'
import type { StatementContext } from './contract.ts'
import { conditionsOf } from './kept-out.ts'
import { keyText } from './taken-keys.ts'

/** What a statement asks of all rows of a table that is there. */
export type Requirement =
  | { readonly kind: 'not null'; readonly column: number }
  | CheckDef
  | Pick<UniqueDef, 'kind' | 'name' | 'columns' | 'nullsNotDistinct'>

/** Throws 23505, 23502 or 23514 for rows that do not hold what is required. */
export function requireOfRows(
  table: Relation,
  requirements: readonly Requirement[],
  rows: readonly Chunk[],
  context: Pick<StatementContext, 'session'>,
): void {
  for (const each of requirements) if (each.kind === 'unique') requireDistinct(table, each, rows)
  for (const each of requirements)
    if (each.kind === 'not null' && rows.some(chunk => hasNull(chunk, each.column))) {
      const { name } = table.columns[each.column]!
      throw new SqlError(
        'not_null_violation',
        `column "${name}" of relation "${table.name}" contains null values`,
      )
    }
  const checks = requirements.filter(each => each.kind === 'check')
  if (checks.length === 0) return
  const run = conditionsOf(table, checks, context)
  for (const chunk of rows) {
    const found = run(chunk)
    checks.forEach(({ name }, i) => {
      for (let row = 0; row < chunk.length; row++)
        if (cellValue(found!.columns[i]!, row) === false) throw violated(table, name)
    })
  }
}

/** 23514 for a check that a row which is there makes false. */
export function violated(table: Relation, check: string): SqlError {
  const message = `check constraint "${check}" of relation "${table.name}" is violated by some row`
  return new SqlError('check_violation', message)
}

/** 23505 for rows that are there and hold the same. */
export function duplicated(
  table: Relation,
  { name, columns }: Pick<UniqueDef, 'name' | 'columns'>,
  row: readonly Value[],
): SqlError {
  return new SqlError('unique_violation', `could not create unique index "${name}"`, {
    detail: `Key ${keyText(table, columns, row)} is duplicated.`,
  })
}

function hasNull({ columns, length }: Chunk, column: number): boolean {
  const { nulls } = columns[column]!
  if (nulls === null) return false
  for (let row = 0; row < length; row++) if (nulls[row] === 1) return true
  return false
}

/** Rows of one hash are held against each other. */
function requireDistinct(
  table: Relation,
  { name, columns, nullsNotDistinct }: Extract<Requirement, { kind: 'unique' }>,
  rows: readonly Chunk[],
): void {
  const seen = new Map<number, { readonly chunk: Chunk; readonly row: number }[]>()
  for (const chunk of rows) {
    const hashes = new Int32Array(chunk.length)
    hashRows(chunk, columns, hashes)
    for (let row = 0; row < chunk.length; row++) {
      if (!nullsNotDistinct && columns.some(c => chunk.columns[c]!.nulls?.[row] === 1)) continue
      const alike = seen.get(hashes[row]!)
      const same = (other: { chunk: Chunk; row: number }) =>
        equalRows(chunk.columns, columns, row, other.chunk.columns, columns, other.row)
      if (chunk.weights[row]! > 1 || alike?.some(same)) {
        const values = chunk.columns.map(column => cellValue(column, row))
        throw duplicated(table, { name, columns }, values)
      }
      if (alike === undefined) seen.set(hashes[row]!, [{ chunk, row }])
      else alike.push({ chunk, row })
    }
  }
}
