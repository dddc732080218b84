import type { FormatSpec } from '../../types/connector.ts'
import type { Field, Type } from '../../types/type.ts'
import type { Modifier } from '../../types/type-modifier.ts'
import type { Privilege, RelationsOf } from '../access.ts'
import type { IdentityKind, RelationKind } from '../catalog.ts'
import type { ForeignKeyDef } from '../constraint-def.ts'
import type { PgNode } from '../contract.ts'
import type { FunctionArgument } from '../function-def.ts'
import type { DatabaseSettings } from './database.ts'
import type { JobSettingChange } from './job-setting.ts'

/** A piece of the statement that PostgreSQL's grammar read. */
export interface Fragment {
  readonly node: PgNode
  readonly text: string
  /** Byte offset of the tree -> UTF-16 offset in the text the session sent. */
  position(location: number | undefined): number | undefined
}

export interface Name {
  /** undefined: that of the session; no other can be meant, but clients write it. */
  readonly database?: string | undefined
  readonly schema: string | undefined
  readonly name: string
  readonly position: number
}

export interface ColumnSyntax {
  readonly name: string
  readonly type: Type
  readonly modifier?: Modifier
  readonly notNull: boolean
  readonly primaryKey: boolean
  readonly default?: Fragment
  readonly generated?: Fragment
  /** A serial type: a sequence of its own numbers it. */
  readonly serial?: true
  readonly identity?: IdentitySyntax
  readonly constraints?: readonly ConstraintSyntax[]
  /** Of its PRIMARY KEY, as CONSTRAINT said. */
  readonly keyName?: string
  readonly comment?: string
  readonly position: number
}

/** LIKE: the columns of another relation, and what else is named. */
export interface LikeSyntax {
  readonly name: Name
  readonly including: ReadonlySet<string>
  /** So many columns stand before those. */
  readonly at: number
}

export interface CheckSyntax {
  readonly kind: 'check'
  readonly name?: string
  readonly expression: Fragment
  /** Rows that are there are not looked at. */
  readonly notValid?: boolean
  readonly position: number
}

export interface UniqueSyntax {
  readonly kind: 'unique'
  readonly name?: string
  readonly columns: readonly string[]
  readonly nullsNotDistinct?: boolean
  readonly notValid?: undefined
  readonly position: number
}

export interface ForeignKeySyntax
  extends Pick<ForeignKeyDef, 'match' | 'onUpdate' | 'onDelete' | 'deferrable'> {
  readonly kind: 'foreign key'
  readonly name?: string
  readonly columns: readonly string[]
  readonly parent: Name
  /** []: the primary key. */
  readonly parentColumns: readonly string[]
  readonly deleteSets?: readonly string[]
  readonly notValid?: boolean
  readonly position: number
}

export type ConstraintSyntax = CheckSyntax | UniqueSyntax | ForeignKeySyntax

export interface WatermarkSyntax {
  readonly column: string
  readonly expression: Fragment
  /** Rows below it leave the table. */
  readonly ttl: boolean
}

export interface RelationSyntax {
  readonly name: Name
  readonly ifNotExists: boolean
  readonly columns: readonly ColumnSyntax[]
  readonly primaryKey: readonly string[]
  /** Of the primary key, as CONSTRAINT said. */
  readonly keyName?: string
  /** Of columns and of the table, in order. */
  readonly constraints: readonly ConstraintSyntax[]
  readonly like?: readonly LikeSyntax[]
  readonly watermarks: readonly WatermarkSyntax[]
  readonly appendOnly: boolean
  readonly conflict?: 'overwrite' | 'ignore' | 'update-if-not-null'
  readonly versionColumns?: readonly string[]
  readonly include: readonly { readonly what: string; readonly name: string }[]
  readonly options: Readonly<Record<string, string>>
  readonly format?: FormatSpec
  readonly query?: Fragment
  /** Names alone, for the columns of the query. */
  readonly columnNames?: readonly string[]
  /** WITH NO DATA: the query's columns, not its rows. */
  readonly noData?: boolean
  /** What the end of a transaction does to a temporary table. */
  readonly onCommit?: 'preserve rows' | 'delete rows' | 'drop'
}

export interface IndexSyntax {
  /** undefined: made up from the keys. */
  readonly name: Name | undefined
  readonly ifNotExists: boolean
  readonly on: Name
  readonly keys: readonly IndexKeySyntax[]
  /** undefined: every column. */
  readonly include: readonly string[] | undefined
  readonly distributedBy: readonly Fragment[]
  readonly vector: VectorIndexSyntax | undefined
  /** No two rows may have the keys alike. */
  readonly unique?: { readonly nullsNotDistinct: boolean }
}

/** USING flat or hnsw … WITH (…). */
export interface VectorIndexSyntax {
  readonly method: string
  readonly options: Readonly<Record<string, string>>
}

export interface IndexKeySyntax {
  readonly expression: Fragment
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** What is said of a sequence; null: NO MINVALUE and its kin. */
export interface SequenceSyntax {
  readonly type?: 'int2' | 'int4' | 'int8'
  readonly increment?: bigint
  readonly min?: bigint | null
  readonly max?: bigint | null
  readonly start?: bigint
  readonly cycle?: boolean
  /** RESTART; null: at its start. */
  readonly restart?: bigint | null
  /** Table and column; null: NONE. */
  readonly ownedBy?: { readonly table: Name; readonly column: string } | null
}

/** GENERATED … AS IDENTITY: a column that a sequence of its own numbers. */
export interface IdentitySyntax {
  readonly generated: IdentityKind
  readonly options: SequenceSyntax
}

/** CREATE FUNCTION or AGGREGATE as written. */
export interface FunctionSyntax {
  readonly of: 'function' | 'aggregate'
  readonly name: Name
  readonly args: readonly FunctionArgument[]
  readonly ifNotExists: boolean
  readonly replace: boolean
  readonly result: Type | undefined
  readonly set: boolean
  /** RETURNS TABLE: names of its columns. */
  readonly columns: readonly string[] | undefined
  readonly language: 'sql' | 'javascript' | undefined
  readonly body: string | undefined
  /** RETURN: the body is an expression. */
  readonly isExpression: boolean
  readonly strict: boolean
  readonly volatility: 'immutable' | 'stable' | 'volatile' | undefined
  readonly options: Readonly<Record<string, string>>
}

/** A function by name, and by types where those are written. */
export interface FunctionName {
  readonly name: Name
  readonly args: readonly Type[] | undefined
}

export type RelationWord = RelationKind | 'schema' | 'database'

/** What PostgreSQL's grammar reads whole: a query or a change of rows. */
export type RowsStatement =
  | { readonly kind: 'query'; readonly query: Fragment }
  | { readonly kind: 'insert' | 'update' | 'delete' | 'merge'; readonly statement: Fragment }
  /** Each as a DELETE; `restart`: the sequences of its columns, too. */
  | {
      readonly kind: 'truncate'
      readonly tables: readonly Fragment[]
      readonly restart: boolean
      readonly cascade: boolean
    }

export type Statement =
  | RowsStatement
  | { readonly kind: 'create table' | 'create source'; readonly relation: RelationSyntax }
  | {
      readonly kind: 'create view'
      readonly name: Name
      readonly ifNotExists: boolean
      /** OR REPLACE. */
      readonly replace: boolean
      readonly materialized: boolean
      readonly options: Readonly<Record<string, string>>
      readonly columns: readonly string[]
      readonly query: Fragment
      /** EMIT ON WINDOW CLOSE: rows come once, when they are final. */
      readonly onWindowClose: boolean
      /** The statement in words of CREATE VIEW, where it has others. */
      readonly written?: string
    }
  | {
      readonly kind: 'create sink'
      readonly name: Name
      readonly ifNotExists: boolean
      readonly into: Name | undefined
      /** The table's columns that it fills; []: the first ones. */
      readonly intoColumns: readonly string[]
      readonly from: Name | undefined
      readonly query: Fragment | undefined
      readonly onWindowClose: boolean
      readonly options: Readonly<Record<string, string>>
      readonly format: FormatSpec | undefined
    }
  | {
      readonly kind: 'create subscription'
      readonly name: Name
      readonly ifNotExists: boolean
      readonly from: Name
      readonly options: Readonly<Record<string, string>>
    }
  | ({ readonly kind: 'create index' } & IndexSyntax)
  | ({
      readonly kind: 'create sequence'
      readonly name: Name
      readonly ifNotExists: boolean
    } & SequenceSyntax)
  | ({ readonly kind: 'alter sequence'; readonly name: Name; readonly ifExists: boolean } & SequenceSyntax)
  | ({ readonly kind: 'create function' } & FunctionSyntax)
  | {
      readonly kind: 'drop function'
      readonly of: 'function' | 'aggregate'
      readonly functions: readonly FunctionName[]
      readonly ifExists: boolean
      readonly cascade: boolean
    }
  | {
      readonly kind: 'comment on function'
      readonly of: 'function' | 'aggregate'
      readonly function: FunctionName
      readonly text: string | undefined
    }
  | {
      readonly kind: 'alter function'
      readonly of: 'function' | 'aggregate'
      readonly function: FunctionName
      readonly action: Extract<AlterAction, { readonly do: 'rename' | 'set schema' | 'owner' }>
    }
  | {
      readonly kind: 'create schema' | 'create database'
      readonly name: string
      /** AUTHORIZATION of a schema, OWNER of a database. */
      readonly owner?: string
      readonly asked?: DatabaseSettings
      readonly ifNotExists: boolean
    }
  | {
      readonly kind: 'drop'
      readonly what: RelationWord
      readonly names: readonly Name[]
      readonly ifExists: boolean
      readonly cascade: boolean
    }
  | {
      readonly kind: 'show'
      readonly words: readonly string[]
      /** FROM: a schema, or a relation where the words ask about one. */
      readonly name: Name | undefined
      readonly like: string | undefined
    }
  | { readonly kind: 'describe'; readonly name: Name }
  | {
      readonly kind: 'alter'
      readonly what: RelationWord
      readonly name: Name
      readonly ifExists: boolean
      /** Several: all of them or none. */
      readonly actions: readonly AlterAction[]
    }
  | {
      readonly kind: 'comment'
      readonly what: RelationWord | 'column' | 'constraint'
      /** Of a column or a constraint, whose name is `column`: its relation. */
      readonly on: Name
      readonly column: string | undefined
      readonly text: string | undefined
    }
  | SessionStatement
  | {
      readonly kind: 'create role'
      readonly name: string
      readonly position: number
      readonly ifNotExists: boolean
      readonly user: boolean
      readonly options: RoleOptions
    }
  | {
      readonly kind: 'alter role'
      readonly name: string
      readonly position: number
      readonly options: RoleOptions
      /** Its new name. */
      readonly to: string | undefined
    }
  | {
      readonly kind: 'drop role'
      readonly names: readonly string[]
      readonly ifExists: boolean
      readonly user: boolean
    }
  | {
      readonly kind: 'grant'
      /** false: REVOKE. */
      readonly grant: boolean
      readonly privileges: readonly NamedPrivilege[] | 'all'
      /** 'all': every relation of the schemas. */
      readonly what: 'relation' | 'schema' | 'database' | 'function' | 'all' | 'all functions' | 'type'
      /** Relations of one kind; undefined: TABLE, or no word. */
      readonly of?: RelationsOf | undefined
      readonly names: readonly Name[]
      /** GRANT ON FUNCTION. */
      readonly functions: readonly FunctionName[]
      readonly roles: readonly string[]
      readonly withOption: boolean
      /** REVOKE GRANT OPTION FOR: the right itself stays. */
      readonly optionOnly: boolean
    }
  | {
      readonly kind: 'grant role'
      readonly grant: boolean
      readonly granted: readonly string[]
      readonly roles: readonly string[]
    }
  | {
      readonly kind: 'default privileges'
      readonly grant: boolean
      readonly privileges: readonly NamedPrivilege[] | 'all'
      readonly what: 'relation' | 'schema' | 'function'
      readonly of: RelationsOf | undefined
      /** Who makes the objects; none: the user. */
      readonly makers: readonly string[]
      /** None: in every schema. */
      readonly schemas: readonly string[]
      readonly roles: readonly string[]
      readonly withOption: boolean
      readonly optionOnly: boolean
    }
  | {
      readonly kind: 'role setting'
      /** ALTER SYSTEM: of every session, or of the server. */
      readonly system?: true
      /** undefined: every role. */
      readonly role: string | undefined
      readonly database: string | undefined
      /** undefined: all of them are forgotten. */
      readonly name: string | undefined
      /** undefined: it is forgotten; 'current': as it is in the session. */
      readonly value: string | undefined | { readonly from: 'current' }
    }
  | {
      readonly kind: 'create secret'
      readonly name: Name
      readonly ifNotExists: boolean
      readonly backend: string
      readonly value: string
    }
  | {
      readonly kind: 'create type'
      readonly name: Name
      readonly made:
        | { readonly kind: 'composite'; readonly fields: readonly Field[] }
        | { readonly kind: 'enum'; readonly labels: readonly string[] }
    }
  | {
      readonly kind: 'create domain'
      readonly name: Name
      readonly type: Type
      readonly modifier?: Modifier
      readonly default?: Fragment
      readonly notNull: boolean
      readonly checks: readonly CheckSyntax[]
      /** Why it is no domain. */
      readonly refused?: string
      readonly position: number
    }
  | { readonly kind: 'alter domain'; readonly name: Name; readonly action: DomainAction }
  | {
      readonly kind: 'drop type'
      readonly of: TypeWord
      readonly names: readonly Name[]
      readonly ifExists: boolean
      readonly cascade: boolean
    }
  | { readonly kind: 'alter type'; readonly name: Name; readonly action: TypeAction }
  | {
      readonly kind: 'comment on type'
      readonly of: TypeWord
      readonly name: Name
      readonly text: string | undefined
    }
  | { readonly kind: 'alter secret'; readonly name: Name; readonly backend: string; readonly value: string }
  | { readonly kind: 'alter secret place'; readonly name: Name; readonly action: PlaceAction }
  | { readonly kind: 'drop secret'; readonly names: readonly Name[]; readonly ifExists: boolean }
  | { readonly kind: 'flush' }
  | { readonly kind: 'refresh'; readonly view: Name }
  /** Until jobs made in the background have read what their inputs hold. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'recover' }
  /** Jobs that are still being created, by number. */
  | { readonly kind: 'cancel jobs'; readonly jobs: readonly number[] }
  | { readonly kind: 'explain'; readonly options: ExplainOptions; readonly statement: Statement }
  /** EXPLAIN ANALYZE of a job that runs, by its name or its number. */
  | {
      readonly kind: 'explain job'
      readonly what: 'table' | 'materialized view' | 'sink' | 'index' | 'source' | undefined
      readonly job: Name | number
      readonly seconds: number
    }

/** A privilege, on some columns only where they are named. */
export interface NamedPrivilege {
  readonly privilege: Privilege | 'all'
  readonly columns?: readonly string[]
}

export interface RoleOptions {
  readonly superuser?: boolean
  readonly createDb?: boolean
  readonly createRole?: boolean
  readonly login?: boolean
  /** null: none any more. */
  readonly password?: string | null
  readonly memberOf?: readonly string[]
}

export interface ExplainOptions {
  readonly format: 'text' | 'json'
  /** With types of columns and numbers of nodes. */
  readonly verbose: boolean
  /** The query is run, and what each node emitted is told. */
  readonly analyze: boolean
  /** How long a running job is watched. */
  readonly seconds?: number | undefined
}

/** What ALTER does to any object: its name, its schema, its owner. */
export type PlaceAction =
  | { readonly do: 'rename'; readonly to: string }
  | { readonly do: 'set schema'; readonly schema: string }
  | { readonly do: 'owner'; readonly to: string }

export type TypeWord = 'type' | 'domain'

export interface ConstraintDrop {
  readonly do: 'drop constraint'
  readonly ifExists: boolean
  readonly name: string
  readonly cascade: boolean
}

/** What ALTER DOMAIN does. */
export type DomainAction =
  | PlaceAction
  | { readonly do: 'default'; readonly value: Fragment | undefined }
  | { readonly do: 'not null'; readonly on: boolean }
  | { readonly do: 'add check'; readonly check: CheckSyntax }
  | ConstraintDrop
  | { readonly do: 'rename constraint'; readonly from: string; readonly to: string }
  | { readonly do: 'validate constraint'; readonly name: string }

/** What ALTER TYPE does. */
export type TypeAction =
  | PlaceAction
  | { readonly do: 'rename attribute'; readonly from: string; readonly to: string }
  | { readonly do: 'add attribute' | 'alter attribute'; readonly attribute: Field }
  | { readonly do: 'drop attribute'; readonly ifExists: boolean; readonly name: string }
  | {
      readonly do: 'add value'
      readonly ifNotExists: boolean
      readonly label: string
      readonly beside?: { readonly label: string; readonly before: boolean }
    }
  | { readonly do: 'rename value'; readonly from: string; readonly to: string }

/** What ALTER does to its object. */
export type AlterAction =
  | PlaceAction
  /** How rows are kept in PostgreSQL, of one column or of all: nothing changes. */
  | { readonly do: 'storage'; readonly column: string | undefined }
  | { readonly do: 'view options'; readonly set: Readonly<Record<string, string | undefined>> }
  | { readonly do: 'rename column'; readonly column: string; readonly to: string }
  | { readonly do: 'add identity'; readonly column: string; readonly identity: IdentitySyntax }
  | {
      readonly do: 'set identity'
      readonly column: string
      readonly generated: IdentityKind | undefined
      readonly options: SequenceSyntax
    }
  | { readonly do: 'drop identity'; readonly column: string; readonly ifExists: boolean }
  | { readonly do: 'add constraint'; readonly constraint: ConstraintSyntax }
  | {
      readonly do: 'add primary key'
      readonly name: string | undefined
      readonly columns: readonly string[]
      readonly position: number
    }
  | ConstraintDrop
  | { readonly do: 'validate constraint'; readonly name: string }
  | ({ readonly do: 'alter constraint'; readonly name: string } & Pick<ForeignKeyDef, 'deferrable'>)
  | { readonly do: 'rename constraint'; readonly from: string; readonly to: string }
  | { readonly do: 'swap'; readonly with: Name }
  | { readonly do: 'add column'; readonly ifNotExists: boolean; readonly column: ColumnSyntax }
  | {
      readonly do: 'drop column'
      readonly ifExists: boolean
      readonly column: string
      readonly cascade: boolean
    }
  | {
      readonly do: 'type'
      readonly column: string
      readonly type: Type
      readonly modifier: Modifier | undefined
      readonly using: Fragment | undefined
    }
  | { readonly do: 'default'; readonly column: string; readonly value: Fragment | undefined }
  | { readonly do: 'not null'; readonly column: string; readonly on: boolean }
  | { readonly do: 'query'; readonly query: Fragment }
  | { readonly do: 'watermark'; readonly watermark: WatermarkSyntax }
  /** undefined: no limit. */
  | { readonly do: 'rate limit'; readonly setting: string; readonly limit: number | undefined }
  /** How long a subscription keeps changes. */
  | { readonly do: 'retention'; readonly retention: string }
  | { readonly do: 'job setting'; readonly change: JobSettingChange }
  | { readonly do: 'database setting'; readonly set: DatabaseSettings }

/** What changes the session and nothing else. */
export type SessionStatement =
  | {
      readonly kind: 'set'
      readonly name: string
      /** undefined: the default. */
      readonly value: string | undefined
      /** Until the end of the transaction block. */
      readonly local: boolean
      /** Written as RESET. */
      readonly reset: boolean
    }
  | { readonly kind: 'reset all' }
  | ({ readonly kind: 'transaction' } & TransactionAction)
  | {
      readonly kind: 'declare'
      readonly name: string
      readonly hold: boolean
      readonly binary: boolean
      /** It may go back; undefined: as far as few rows are kept. */
      readonly scroll: boolean | undefined
      readonly query: Fragment
    }
  | {
      readonly kind: 'declare subscription'
      readonly name: string
      readonly subscription: Name
      /** 'full': the rows there are, then changes; a number: milliseconds since 1970. */
      readonly since: 'full' | 'now' | 'begin' | bigint
    }
  | {
      readonly kind: 'fetch'
      readonly name: string
      /** Infinity: all; negative: backward. */
      readonly count: number
      /** RELATIVE and ABSOLUTE (FIRST, LAST): the row so many further, or at that position from 1 (negative: from the end), alone. */
      readonly to?: { readonly from: 'here' | 'start'; readonly row: number }
      readonly move: boolean
      /** WITH (timeout): how long a subscription cursor waits for a first change. */
      readonly timeoutMs?: number
    }
  | { readonly kind: 'close'; readonly name: string | undefined }
  | {
      readonly kind: 'prepare'
      readonly name: string
      readonly types: readonly (Type | undefined)[]
      readonly statement: Statement
    }
  | {
      readonly kind: 'execute'
      readonly name: string
      /** Expressions separated by commas, as they were written. */
      readonly values: string
      readonly position: number
    }
  | {
      readonly kind: 'copy from'
      readonly table: Name
      /** Empty: every column. */
      readonly columns: readonly string[]
      readonly options: CopyOptions
      /** Other rows are passed over. */
      readonly where?: Fragment
    }
  | {
      readonly kind: 'copy to'
      readonly of:
        | { readonly table: Name; readonly columns: readonly string[] }
        | { readonly statement: RowsStatement }
      readonly options: CopyOptions
    }
  | { readonly kind: 'deallocate'; readonly name: string | undefined }
  | { readonly kind: 'discard'; readonly what: string }
  | { readonly kind: 'listen'; readonly channel: string }
  | { readonly kind: 'notify'; readonly channel: string; readonly payload: string }
  /** undefined: every channel. */
  | { readonly kind: 'unlisten'; readonly channel: string | undefined }
  | {
      readonly kind: 'vacuum'
      readonly verb: 'VACUUM' | 'ANALYZE'
      /** None: all. */
      readonly tables: readonly { readonly name: Name; readonly columns: readonly string[] }[]
    }
  | {
      readonly kind: 'reindex'
      readonly of: 'index' | 'table' | 'schema' | 'database' | 'system'
      /** Of an index or a table. */
      readonly name: Name | undefined
      /** Of a schema or a database. */
      readonly place: string | undefined
      readonly concurrently: boolean
    }
  /** undefined: all. */
  | { readonly kind: 'cluster'; readonly table: Name | undefined; readonly index: string | undefined }
  | { readonly kind: 'checkpoint' }
  /** []: all. */
  | { readonly kind: 'set constraints'; readonly names: readonly Name[]; readonly deferred: boolean }
  | {
      readonly kind: 'lock'
      readonly tables: readonly Name[]
      readonly mode: LockModeName
      readonly nowait: boolean
    }

/** Of LOCK TABLE, in the order of their numbers. */
export type LockModeName =
  | 'access share'
  | 'row share'
  | 'row exclusive'
  | 'share update exclusive'
  | 'share'
  | 'share row exclusive'
  | 'exclusive'
  | 'access exclusive'

export interface CopyOptions {
  readonly format: 'text' | 'csv' | 'binary'
  readonly delimiter: string
  /** What stands for NULL. */
  readonly null: string
  /** Whether the first line has names; `match`: those of the columns, or it is an error. */
  readonly header: boolean | 'match'
  readonly quote: string
  readonly escape: string
}

/** BEGIN, COMMIT and their kin. */
export type TransactionAction =
  | { readonly what: 'begin'; readonly tag: string; readonly readOnly?: boolean }
  | { readonly what: 'commit' | 'rollback'; readonly chain: boolean }
  | { readonly what: 'savepoint' | 'release' | 'rollback to'; readonly name: string }
  /** SET TRANSACTION; for the session: SET SESSION CHARACTERISTICS. */
  | { readonly what: 'set'; readonly session: boolean; readonly readOnly?: boolean }

/** One statement of what the session sent. */
export interface ParsedStatement {
  readonly text: string
  /** UTF-16 offset in what the session sent. */
  readonly offset: number
  readonly statement: Statement
}
