import { SqlError } from '../../types/error.ts'
import { compareMemberKeys } from '../../types/json-text.ts'
import type { Value } from '../../types/value.ts'
import { endsPiece } from '../operators/in-pieces.ts'
import { sortedIds } from '../operators/sorted-ids.ts'
import type { Multiset } from './contract.ts'
import { eachRow, listed } from './listed.ts'

/** Documents are kept in their canonical text, so they stand in greater ones as they are. */
const document = (value: Value): string => (value === null ? 'null' : (value as string))

/** jsonb_agg of documents; NULLs are JSON nulls unless `strict`. */
export function jsonArray(strict: boolean): Multiset {
  return listed(!strict, function* (table, [value], ids, times) {
    let text = ''
    yield* eachRow(ids, times, id => {
      text += (text === '' ? '[' : ', ') + document(table.valueAt(id, value!))
    })
    return `${text}]`
  })
}

/** jsonb_object_agg of text keys and documents: of equal keys the last in order counts, or the call fails when `unique`. */
export function jsonObject(strict: boolean, unique: boolean): Multiset {
  return listed(true, function* (table, [name, content], ids, times) {
    const members = new Map<string, string>()
    yield* eachRow(ids, times, id => {
      const key = table.valueAt(id, name!) as string | null
      const value = table.valueAt(id, content!)
      if (key === null) throw new SqlError('invalid_parameter_value', 'field name must not be null')
      if (strict && value === null) return
      if (unique && members.has(key))
        throw new SqlError('duplicate_json_object_key_value', `duplicate JSON object key value: "${key}"`)
      members.set(key, document(value))
    })
    const keys = [...members.keys()]
    const all = Int32Array.from(keys, (_, i) => i)
    let text = ''
    let count = 0
    for (const i of yield* sortedIds(all, (a, b) => compareMemberKeys(keys[a]!, keys[b]!))) {
      text += `${text === '' ? '{' : ', '}${JSON.stringify(keys[i]!)}: ${members.get(keys[i]!)!}`
      if (endsPiece(count++)) yield
    }
    return text === '' ? '{}' : `${text}}`
  })
}
