import { combineBits } from '../../types/bit-string.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { Multiset } from './contract.ts'
import { eachRow, listed } from './listed.ts'

/** min, max, first_value, last_value, any_value under retraction: the first row in order. */
export function firstRow(descending: boolean, keepsNulls: boolean): Multiset {
  return {
    kind: 'multiset',
    descending,
    keepsNulls,
    firstOnly: true,
    output: (table, args, ids) => (ids.length === 0 ? null : table.valueAt(ids[0]!, args[0]!)),
  }
}

/** last_value: the last row in order. */
export const lastRow: Multiset = {
  kind: 'multiset',
  descending: false,
  keepsNulls: true,
  firstOnly: false,
  output: (table, args, ids) => (ids.length === 0 ? null : table.valueAt(ids.at(-1)!, args[0]!)),
}

/** array_agg; NULLs are elements. */
export const arrayAgg: Multiset = listed(true, function* (table, [value], ids, times) {
  const list: Value[] = []
  yield* eachRow(ids, times, id => list.push(table.valueAt(id, value!)))
  return list
})

/** string_agg(text, delimiter): each row's own delimiter stands before it. */
export const stringAgg: Multiset = listed(false, function* (table, [value, delimiter], ids, times) {
  let text: string | undefined
  yield* eachRow(ids, times, id => {
    const own = table.valueAt(id, value!) as string
    text = text === undefined ? own : text + ((table.valueAt(id, delimiter!) as string | null) ?? '') + own
  })
  return text!
})

/** string_agg of bytea. */
export const bytesAgg: Multiset = listed(false, function* (table, [value, delimiter], ids, times) {
  const parts: Uint8Array[] = []
  yield* eachRow(ids, times, id => {
    const before = table.valueAt(id, delimiter!)
    if (parts.length > 0 && before !== null) parts.push(before as Uint8Array)
    parts.push(table.valueAt(id, value!) as Uint8Array)
  })
  return new Uint8Array(Buffer.concat(parts))
})

/** arg_min, arg_max: the first argument where the second is least or greatest; rows with a NULL of either do not count. */
export function firstBySecond(descending: boolean): Multiset {
  return { ...firstRow(descending, false), orderedBy: 1 }
}

/** bit_and, bit_or, bit_xor of bit strings. Throws 22026 where these are of different lengths. */
export function bitStringFold(operation: 'and' | 'or' | 'xor'): Multiset {
  return {
    kind: 'multiset',
    descending: false,
    keepsNulls: false,
    firstOnly: false,
    output(table, args, ids, times) {
      let result: string | null = null
      for (let i = 0; i < ids.length; i++) {
        const value = table.valueAt(ids[i]!, args[0]!) as string
        const own = operation === 'xor' && times[i]! % 2 === 0 ? '0'.repeat(value.length) : value
        result = result === null ? own : combineBits(NAMES[operation], result, own)
      }
      return result
    },
  }
}

const NAMES = { and: 'AND', or: 'OR', xor: 'XOR' } as const

/** bit_and, bit_or, bit_xor of integers. */
export function bitFold(operation: 'and' | 'or' | 'xor', type: Type): Multiset {
  return {
    kind: 'multiset',
    descending: false,
    keepsNulls: false,
    firstOnly: false,
    output(table, args, ids, times) {
      if (ids.length === 0) return null
      let result = operation === 'and' ? -1n : 0n
      for (let i = 0; i < ids.length; i++) {
        const value = BigInt(table.valueAt(ids[i]!, args[0]!) as number | bigint)
        if (operation === 'and') result &= value
        else if (operation === 'or') result |= value
        else if (times[i]! % 2 === 1) result ^= value
      }
      return type.name === 'int8' ? result : Number(result)
    },
  }
}
