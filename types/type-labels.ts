import type { Type, TypeLabel, TypeName } from './type.ts'

interface Label {
  readonly base: Exclude<TypeName, 'struct'>
  readonly element?: TypeName
  readonly oid: number
  readonly arrayOid: number
  readonly size: number
}

/** PostgreSQL's types of the system tables: what holds their values, and their numbers (pg_type.dat). */
export const LABELS: Readonly<Record<TypeLabel, Label>> = {
  text: { base: 'text', oid: 25, arrayOid: 1009, size: -1 },
  name: { base: 'text', oid: 19, arrayOid: 1003, size: 64 },
  char: { base: 'text', oid: 18, arrayOid: 1002, size: 1 },
  regclass: { base: 'oid', oid: 2205, arrayOid: 2210, size: 4 },
  regtype: { base: 'oid', oid: 2206, arrayOid: 2211, size: 4 },
  regproc: { base: 'oid', oid: 24, arrayOid: 1008, size: 4 },
  regprocedure: { base: 'oid', oid: 2202, arrayOid: 2207, size: 4 },
  regoper: { base: 'oid', oid: 2203, arrayOid: 2208, size: 4 },
  regoperator: { base: 'oid', oid: 2204, arrayOid: 2209, size: 4 },
  regnamespace: { base: 'oid', oid: 4089, arrayOid: 4090, size: 4 },
  regrole: { base: 'oid', oid: 4096, arrayOid: 4097, size: 4 },
  regconfig: { base: 'oid', oid: 3734, arrayOid: 3735, size: 4 },
  xid: { base: 'oid', oid: 28, arrayOid: 1011, size: 4 },
  cid: { base: 'oid', oid: 29, arrayOid: 1012, size: 4 },
  pg_lsn: { base: 'text', oid: 3220, arrayOid: 3221, size: 8 },
  jsonpath: { base: 'text', oid: 4072, arrayOid: 4073, size: -1 },
  pg_node_tree: { base: 'text', oid: 194, arrayOid: 1009, size: -1 },
  aclitem: { base: 'text', oid: 1033, arrayOid: 1034, size: 12 },
  inet: { base: 'text', oid: 869, arrayOid: 1041, size: -1 },
  int2vector: { base: 'array', element: 'int2', oid: 22, arrayOid: 1006, size: -1 },
  oidvector: { base: 'array', element: 'oid', oid: 30, arrayOid: 1013, size: -1 },
  serial: { base: 'int8', oid: 20, arrayOid: 1016, size: 8 },
  void: { base: 'text', oid: 2278, arrayOid: 2278, size: 4 },
}

/** The type that a label means. */
export function labeled(label: TypeLabel): Type {
  const { base, element } = LABELS[label]
  return element === undefined ? { name: base, label } : { name: base, element: { name: element }, label }
}

export function isLabel(word: string): word is TypeLabel {
  return Object.hasOwn(LABELS, word)
}

/** A number that prints as the name of an object. */
export function isRegistered(type: Type): boolean {
  return type.label?.startsWith('reg') ?? false
}

/** PostgreSQL counts the elements of its two vector types from 0. */
export function firstSubscript({ label }: Type): number {
  return label === 'int2vector' || label === 'oidvector' ? 0 : 1
}
