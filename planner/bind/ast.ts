import { assert } from '../../types/error.ts'
import type { PgNode } from '../contract.ts'

/** The fields of one node of libpg-query's tree. */
export type Body = Readonly<Record<string, unknown>>

/** Splits `{Kind: {…}}` into kind and fields. */
export function open(node: unknown): readonly [string, Body] {
  assert(typeof node === 'object' && node !== null, 'parse tree: a node is an object')
  for (const kind in node) return [kind, (node as Record<string, Body>)[kind]!]
  return ['', {}]
}

/** The node's fields when it has that kind. */
export function as(node: unknown, kind: string): Body | undefined {
  if (typeof node !== 'object' || node === null) return undefined
  return (node as Record<string, Body>)[kind]
}

/** A list property; absent means empty. */
export function list(value: unknown): readonly PgNode[] {
  return Array.isArray(value) ? (value as PgNode[]) : []
}

/** Items of a `{List: {items}}` node or of a plain array. */
export function items(value: unknown): readonly PgNode[] {
  const inner = as(value, 'List')
  return inner === undefined ? list(value) : list(inner['items'])
}

/** A text property; absent means empty. */
export function str(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A list of String nodes as texts. */
export function names(value: unknown): readonly string[] {
  return list(value).map(n => str(as(n, 'String')?.['sval']))
}

/** The nested fields of a property that holds a bare body. */
export function body(value: unknown): Body {
  return (value ?? {}) as Body
}

/** The location of a node, when it has one. */
export function location(node: unknown): number | undefined {
  const [kind, fields] = open(node)
  if (kind === 'A_Expr' || kind === 'BoolExpr' || kind === 'NullTest' || kind === 'TypeCast') {
    const first = fields['lexpr'] ?? fields['arg'] ?? list(fields['args'])[0]
    if (first !== undefined && !Array.isArray(first)) return location(first) ?? (fields['location'] as number)
  }
  const at = fields['location']
  if (typeof at === 'number') return at < 0 ? undefined : at
  return kind === '' ? undefined : 0
}

/** The value of an integer constant node, undefined when it is not one. */
export function integer(node: unknown): number | undefined {
  const constant = as(node, 'A_Const')
  if (constant?.['ival'] === undefined) return undefined
  return (body(constant['ival'])['ival'] as number | undefined) ?? 0
}

/** The name of a RangeVar with what stands before it. */
export function pathOf(range: Body): readonly string[] {
  return [range['catalogname'], range['schemaname'], range['relname']].filter(p => p !== undefined).map(str)
}
