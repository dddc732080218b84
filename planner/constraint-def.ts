import { SqlError } from '../types/error.ts'
import type { Expression, RelationId } from '../types/job.ts'

/** A condition that no row of a table makes false. */
export interface CheckDef {
  readonly kind: 'check'
  /** Of the numbers that relations have. */
  readonly id: number
  readonly name: string
  /** Text of the condition, without the brackets around it. */
  readonly sql: string
  /** Over the table's columns. */
  readonly expression: Expression
  /** Positions of the columns it reads. */
  readonly columns: readonly number[]
  /** Functions of users that it calls. */
  readonly uses?: readonly number[]
  /** Only rows that came after it are known to hold it. */
  readonly notValid?: true
  readonly comment?: string
}

/** Columns that no two rows of a table have alike. */
export interface UniqueDef {
  readonly kind: 'unique'
  readonly id: number
  readonly name: string
  readonly columns: readonly number[]
  /** It goes with that index, and is no constraint for those who ask for constraints. */
  readonly byIndex?: number
  /** NULLs are alike, too. */
  readonly nullsNotDistinct?: true
  readonly uses?: undefined
  readonly notValid?: true
  readonly comment?: string
}

/** What becomes of rows when the row that they refer to goes, or gets another key. */
export type ReferentialAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

/** Columns whose values are the key of a row of another table, or of the same one. */
export interface ForeignKeyDef {
  readonly kind: 'foreign key'
  readonly id: number
  readonly name: string
  readonly columns: readonly number[]
  readonly parent: RelationId
  /** Of the parent: its primary key or those of a UNIQUE constraint, each beside its own of `columns`. */
  readonly parentColumns: readonly number[]
  /** The parent's constraint that keeps them unique; undefined: its primary key. */
  readonly unique?: number
  readonly match: 'simple' | 'full'
  readonly onUpdate: ReferentialAction
  readonly onDelete: ReferentialAction
  /** Those that ON DELETE SET NULL or SET DEFAULT sets, where not all. */
  readonly deleteSets?: readonly number[]
  /** It may wait for the end of a block, and does so at first or not. */
  readonly deferrable?: 'immediate' | 'deferred'
  readonly uses?: undefined
  readonly notValid?: true
  readonly comment?: string
}

/** What the rows of a table hold besides its primary key. */
export type ConstraintDef = CheckDef | UniqueDef | ForeignKeyDef

/** A foreign key, and the table whose rows refer. */
export interface Reference<Table> {
  readonly child: Table
  readonly key: ForeignKeyDef
}

interface Constrained {
  readonly constraints?: readonly ConstraintDef[]
}

/** Checks in the order in which they are held. */
export function checksIn({ constraints = [] }: Constrained): CheckDef[] {
  const checks = constraints.filter(constraint => constraint.kind === 'check')
  return checks.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Those that were declared as constraints. */
export function declaredIn({ constraints = [] }: Constrained): ConstraintDef[] {
  return constraints.filter(constraint => constraint.kind !== 'unique' || constraint.byIndex === undefined)
}

export function uniquesOf({ constraints = [] }: Constrained): UniqueDef[] {
  return constraints.filter(constraint => constraint.kind === 'unique')
}

export function foreignKeysOf({ constraints = [] }: Constrained): ForeignKeyDef[] {
  return constraints.filter(constraint => constraint.kind === 'foreign key')
}

/** The name of a table's primary key. */
export function keyNameOf({ name, keyName }: { readonly name: string; readonly keyName?: string }): string {
  return keyName ?? `${name}_pkey`
}

/** PostgreSQL's name of a constraint that has none: of table and column, and a number where that is taken. */
export function constraintName(
  table: string,
  column: string | undefined,
  label: string,
  taken: readonly string[],
): string {
  for (let n = 0; ; n++) {
    const name = objectName(table, column, `${label}${n === 0 ? '' : n}`)
    if (!taken.includes(name)) return name
  }
}

const NAME_BYTES_MAX = 63

/** The longer of both names is cut until the whole is a name (makeObjectName). */
function objectName(table: string, column: string | undefined, label: string): string {
  const parts = column === undefined ? [table] : [table, column]
  const join = () => [...parts, label].join('_')
  while (Buffer.byteLength(join()) > NAME_BYTES_MAX) {
    const longer = (parts[1]?.length ?? 0) >= parts[0]!.length ? 1 : 0
    parts[longer] = [...parts[longer]!].slice(0, -1).join('')
  }
  return join()
}

/** Throws 42710 for a name that another constraint of the table has. */
export function requireFreeName(name: string, table: string, taken: readonly string[]): void {
  if (taken.includes(name))
    throw new SqlError('duplicate_object', `constraint "${name}" for relation "${table}" already exists`)
}
