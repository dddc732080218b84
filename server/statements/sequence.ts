import type { Relation } from '../../planner/catalog.ts'
import type { SequenceSyntax } from '../../planner/parse/index.ts'
import type { SequenceDef } from '../../planner/sequence-def.ts'
import { SqlError } from '../../types/error.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { numberOf } from '../sequences.ts'
import { findByName, requireRelation } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import { createRelation, type NewRelation, type StatementOf } from './create.ts'

/** CREATE SEQUENCE. */
export function createSequence(
  syntax: StatementOf<'create sequence'>,
  sql: string,
  context: StatementContext,
): Promise<Result> {
  return createRelation(context, syntax.name, syntax.ifNotExists, 'CREATE SEQUENCE', () =>
    newSequence(syntax, sql, context),
  )
}

export function newSequence(syntax: SequenceSyntax, sql: string, context: StatementContext): NewRelation {
  return {
    kind: 'sequence',
    sql,
    columns: [],
    key: [],
    declaredKey: false,
    appendOnly: false,
    options: {},
    dependsOn: [],
    sequence: definition(syntax, undefined, context),
  }
}

/** ALTER SEQUENCE with options; a RESTART is durable when it returns. */
export function alterSequence(
  syntax: StatementOf<'alter sequence'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, 'ALTER SEQUENCE', catalog => {
    const found = findByName(context, syntax.name)
    if (found === undefined && syntax.ifExists) {
      context.notice(`relation "${syntax.name.name}" does not exist, skipping`)
      return catalog
    }
    const relation = requireSequence(found ?? requireRelation(context, syntax.name))
    requireOwner(rightsOf(context.session, catalog), 'sequence', relation)
    return catalog.with(changedSequence(relation, syntax, context))
  })
}

/** A sequence with options changed, which goes on from where it is unless it is to begin anew. */
export function changedSequence(
  relation: Relation,
  syntax: SequenceSyntax,
  context: StatementContext,
): Relation {
  const now = numberOf(context.catalogs, relation)
  const { mark: _, ...changed } = definition(syntax, relation.sequence!, context)
  const last = now.called ? now.last : undefined
  const kept = { ...changed, mark: last, ...(!now.called && { first: now.last }) }
  const restart = syntax.restart === null ? kept.start : syntax.restart
  const sequence: SequenceDef = restart === undefined ? kept : { ...kept, mark: undefined, first: restart }
  const at = sequence.mark ?? sequence.first
  if (at < sequence.min || at > sequence.max) throw outside('RESTART', at, sequence)
  return { ...relation, sequence }
}

export function requireSequence(relation: Relation): Relation {
  if (relation.sequence !== undefined) return relation
  throw new SqlError('wrong_object_type', `"${relation.name}" is not a sequence`)
}

const LIMITS = { int2: 2n ** 15n, int4: 2n ** 31n, int8: 2n ** 63n }

/** What the options say, over what was there before. Throws 22023. */
function definition(
  syntax: SequenceSyntax,
  before: SequenceDef | undefined,
  context: StatementContext,
): SequenceDef {
  const type = syntax.type ?? before?.type ?? 'int8'
  const increment = syntax.increment ?? before?.increment ?? 1n
  if (increment === 0n) throw invalid('INCREMENT must not be zero')
  const limit = LIMITS[type]
  const max = given(syntax.max, before?.max) ?? (increment > 0n ? limit - 1n : -1n)
  const min = given(syntax.min, before?.min) ?? (increment > 0n ? 1n : -limit)
  for (const [word, value] of [
    ['MAXVALUE', max],
    ['MINVALUE', min],
  ] as const)
    if (value >= limit || value < -limit) {
      const shown = { int2: 'smallint', int4: 'integer', int8: 'bigint' }[type]
      throw invalid(`${word} (${value}) is out of range for sequence data type ${shown}`)
    }
  if (min >= max) throw invalid(`MINVALUE (${min}) must be less than MAXVALUE (${max})`)
  const start = syntax.start ?? before?.start ?? (increment > 0n ? min : max)
  const made = { type, start, first: before?.first ?? start, increment, min, max }
  if (start < min || start > max) throw outside('START', start, made)
  const cycle = syntax.cycle ?? before?.cycle ?? false
  const ownedBy = syntax.ownedBy === undefined ? before?.ownedBy : ownerOf(syntax.ownedBy, context)
  return { ...made, cycle, mark: before?.mark, ...(ownedBy && { ownedBy }) }
}

function given(value: bigint | null | undefined, before: bigint | undefined): bigint | undefined {
  return value === undefined ? before : (value ?? undefined)
}

function ownerOf(
  owner: NonNullable<SequenceSyntax['ownedBy']> | null,
  context: StatementContext,
): SequenceDef['ownedBy'] {
  if (owner === null) return undefined
  const table = requireRelation(context, owner.table)
  const column = table.columns.findIndex(c => c.name === owner.column)
  if (column === -1)
    throw new SqlError(
      'undefined_column',
      `column "${owner.column}" of relation "${table.name}" does not exist`,
    )
  return { table: table.id, column }
}

function outside(word: string, value: bigint, { min, max }: Pick<SequenceDef, 'min' | 'max'>): SqlError {
  const [side, end, name] = value < min ? ['less', min, 'MINVALUE'] : ['greater', max, 'MAXVALUE']
  return invalid(`${word} value (${value}) cannot be ${side} than ${name} (${end})`)
}

function invalid(message: string): SqlError {
  return new SqlError('invalid_parameter_value', message)
}
