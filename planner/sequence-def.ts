/** A sequence of numbers. */
export interface SequenceDef {
  readonly type: 'int2' | 'int4' | 'int8'
  readonly start: bigint
  /** The number that comes first while there is no mark. */
  readonly first: bigint
  readonly increment: bigint
  readonly min: bigint
  readonly max: bigint
  readonly cycle: boolean
  /** Up to here numbers may have been given; undefined: none has. */
  readonly mark: bigint | undefined
  /** The column that it numbers: it goes with its table. */
  readonly ownedBy?: { readonly table: number; readonly column: number }
}
