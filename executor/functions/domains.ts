import { ColumnBuffer, cellValue } from '../../storage/column-buffer.ts'
import { type Chunk, insertions } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { fromJson } from '../../types/json.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { compileProjection } from '../expression/compile.ts'
import { fn } from './registry.ts'

/** What a value holds to be of a domain, or to have parts that are: plain data, as it stands in jobs. */
export type DomainRule =
  | {
      readonly kind: 'domain'
      /** As messages call it. */
      readonly name: string
      readonly type: Type
      readonly notNull: boolean
      readonly checks: readonly { readonly name: string; readonly expression: Expression }[]
      /** Of the elements of an array. */
      readonly inner: DomainRule | null
    }
  | { readonly kind: 'array'; readonly item: DomainRule }
  | { readonly kind: 'row'; readonly fields: readonly (DomainRule | null)[] }

/** Throws 23502 and 23514 for a value that does not hold the rule. */
export type Hold = (value: Value) => void

/** The rule as a function of a value. */
export function holdRule(rule: DomainRule): Hold {
  if (rule.kind === 'array') {
    const hold = holdRule(rule.item)
    return value => {
      for (const item of (value ?? []) as readonly Value[]) hold(item)
    }
  }
  if (rule.kind === 'row') {
    const holds = rule.fields.map(field => field && holdRule(field))
    return value => {
      if (value !== null) for (const [i, hold] of holds.entries()) hold?.((value as readonly Value[])[i]!)
    }
  }
  return holdDomain(rule)
}

/** Texts that were there stay in the cell's memory until it is cleared. */
const CELL_BYTES_MAX = 1 << 16

function holdDomain({ name, type, notNull, checks, inner }: DomainRule & { kind: 'domain' }): Hold {
  const options = { mode: 'batch', onError() {} } as const
  const run = compileProjection(
    checks.map(check => check.expression),
    [{ name: 'value', type }],
    options,
  )
  const parts = inner === null ? undefined : holdRule(inner)
  const cell = new ColumnBuffer(type, 1)
  const row: Chunk = { columns: [cell], weights: insertions(1), length: 1 }
  return value => {
    if (value === null && notNull)
      throw new SqlError('not_null_violation', `domain ${name} does not allow null values`)
    parts?.(value)
    if (checks.length === 0) return
    if (cell.used > CELL_BYTES_MAX) cell.clear()
    cell.set(0, value)
    const found = run(row)!
    for (let i = 0; i < checks.length; i++) {
      if (cellValue(found.columns[i]!, 0) !== false) continue
      const message = `value for domain ${name} violates check constraint "${checks[i]!.name}"`
      throw new SqlError('check_violation', message)
    }
  }
}

const KNOWN_MAX = 200
const known = new Map<string, Hold>()

fn('$domain(anyelement, text) -> anyelement', {
  help: 'the value, which holds the rules of a domain (toJson of a DomainRule)',
  strict: false,
  make: () => (value: Value, rule: string) => {
    let hold = known.get(rule)
    if (hold === undefined) {
      hold = holdRule(fromJson(rule) as DomainRule)
      if (known.size >= KNOWN_MAX) known.clear()
      known.set(rule, hold)
    }
    hold(value)
    return value
  },
})
