import type { FormatSpec } from '../../types/connector.ts'
import type { Type } from '../../types/type.ts'
import type { PgNode } from '../contract.ts'

/** A piece of the statement that PostgreSQL's grammar read. */
export interface Fragment {
  readonly node: PgNode
  readonly text: string
  /** Byte offset of the tree -> UTF-16 offset in the text the session sent. */
  position(location: number | undefined): number | undefined
}

export interface Name {
  readonly schema: string | undefined
  readonly name: string
  readonly position: number
}

export interface ColumnSyntax {
  readonly name: string
  readonly type: Type
  readonly notNull: boolean
  readonly primaryKey: boolean
  readonly default?: Fragment
  readonly generated?: Fragment
  readonly position: number
}

export interface RelationSyntax {
  readonly name: Name
  readonly ifNotExists: boolean
  readonly columns: readonly ColumnSyntax[]
  readonly primaryKey: readonly string[]
  readonly watermarks: readonly { readonly column: string; readonly expression: Fragment }[]
  readonly appendOnly: boolean
  readonly conflict?: 'overwrite' | 'ignore' | 'update-if-not-null'
  readonly versionColumn?: string
  readonly include: readonly { readonly what: string; readonly name: string }[]
  readonly options: Readonly<Record<string, string>>
  readonly format?: FormatSpec
  readonly query?: Fragment
}

export type RelationWord =
  | 'table'
  | 'source'
  | 'view'
  | 'materialized view'
  | 'index'
  | 'sink'
  | 'schema'
  | 'database'

export type Statement =
  | { readonly kind: 'query'; readonly query: Fragment }
  | { readonly kind: 'insert' | 'update' | 'delete'; readonly statement: Fragment }
  | { readonly kind: 'create table' | 'create source'; readonly relation: RelationSyntax }
  | {
      readonly kind: 'create view'
      readonly name: Name
      readonly ifNotExists: boolean
      readonly materialized: boolean
      readonly columns: readonly string[]
      readonly query: Fragment
    }
  | {
      readonly kind: 'create sink'
      readonly name: Name
      readonly ifNotExists: boolean
      readonly into: Name | undefined
      readonly from: Name | undefined
      readonly query: Fragment | undefined
      readonly options: Readonly<Record<string, string>>
      readonly format: FormatSpec | undefined
    }
  | {
      readonly kind: 'create schema' | 'create database'
      readonly name: string
      readonly ifNotExists: boolean
    }
  | {
      readonly kind: 'drop'
      readonly what: RelationWord
      readonly names: readonly Name[]
      readonly ifExists: boolean
      readonly cascade: boolean
    }
  | { readonly kind: 'show'; readonly words: readonly string[]; readonly name: Name | undefined }
  | { readonly kind: 'describe'; readonly name: Name }
  | { readonly kind: 'set'; readonly name: string; readonly value: string | undefined }
  | { readonly kind: 'transaction'; readonly tag: string }
  | { readonly kind: 'flush' }
  | { readonly kind: 'explain'; readonly json: boolean; readonly statement: Statement }
  | { readonly kind: 'discard' }

/** One statement of what the session sent. */
export interface ParsedStatement {
  readonly text: string
  /** UTF-16 offset in what the session sent. */
  readonly offset: number
  readonly statement: Statement
}
