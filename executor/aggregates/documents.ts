import { SqlError } from '../../types/error.ts'
import { formatJson, type Json, parseJson } from '../../types/json-text.ts'
import type { Value } from '../../types/value.ts'
import type { Multiset } from './contract.ts'

const document = (value: Value): Json => (value === null ? null : parseJson(value as string))

/** jsonb_agg of documents; NULLs are JSON nulls unless `strict`. */
export function jsonArray(strict: boolean): Multiset {
  return {
    kind: 'multiset',
    descending: false,
    keepsNulls: !strict,
    firstOnly: false,
    output(table, args, ids, times) {
      if (ids.length === 0) return null
      const items: Json[] = []
      for (let i = 0; i < ids.length; i++) {
        const item = document(table.valueAt(ids[i]!, args[0]!))
        for (let n = times[i]!; n > 0; n--) items.push(item)
      }
      return formatJson(items)
    },
  }
}

/** jsonb_object_agg of text keys and documents: of equal keys the last in order counts, or the call fails when `unique`. */
export function jsonObject(strict: boolean, unique: boolean): Multiset {
  return {
    kind: 'multiset',
    descending: false,
    keepsNulls: true,
    firstOnly: false,
    output(table, args, ids, times) {
      if (ids.length === 0) return null
      const members = new Map<string, Json>()
      for (let i = 0; i < ids.length; i++) {
        const key = table.valueAt(ids[i]!, args[0]!)
        const value = table.valueAt(ids[i]!, args[1]!)
        if (key === null) throw new SqlError('invalid_parameter_value', 'field name must not be null')
        if (strict && value === null) continue
        if (unique && (members.has(key as string) || times[i]! > 1))
          throw new SqlError('duplicate_json_object_key_value', `duplicate JSON object key value: "${key}"`)
        members.set(key as string, document(value))
      }
      return formatJson(members)
    },
  }
}
