import { SqlError } from '../../types/error.ts'
import { TEXT, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { jsonName, jsonText } from '../functions/to-json.ts'
import type { Multiset, ValuesById } from './contract.ts'
import { eachRow, listed } from './listed.ts'

/** The style of times is a last argument where values of the type depend on it. */
const styleAt = (table: ValuesById, id: number, style: number | undefined): string =>
  style === undefined ? 'UTC' : (table.valueAt(id, style) as string)

/** json_agg: rows and arrays stand on lines of their own. NULLs are JSON nulls unless `strict`. */
export function jsonTextArray(type: Type, strict: boolean): Multiset {
  const between = type.name === 'array' || type.name === 'struct' ? ', \n ' : ', '
  return listed(!strict, function* (table, [value, style], ids, times) {
    let text = ''
    yield* eachRow(ids, times, id => {
      const item = table.valueAt(id, value!)
      const separator = text === '' ? '[' : item === null ? ', ' : between
      text += separator + jsonText(type, item, styleAt(table, id, style))
    })
    return `${text}]`
  })
}

/** json_object_agg: every pair is a member, those of one name too, or the call fails when `unique`. */
export function jsonTextObject(
  [nameType = TEXT, type = TEXT]: readonly Type[],
  strict: boolean,
  unique: boolean,
): Multiset {
  return listed(true, function* (table, [name, content, style], ids, times) {
    const names = new Set<string>()
    let text = ''
    yield* eachRow(ids, times, id => {
      const key: Value = table.valueAt(id, name!)
      const value = table.valueAt(id, content!)
      if (key === null) throw new SqlError('invalid_parameter_value', 'field name must not be null')
      if (strict && value === null) return
      const shown = jsonName(nameType, key, styleAt(table, id, style))
      if (unique && names.has(shown))
        throw new SqlError('duplicate_json_object_key_value', `duplicate JSON object key value: ${shown}`)
      names.add(shown)
      text += `${text === '' ? '{ ' : ', '}${shown} : ${jsonText(type, value, styleAt(table, id, style))}`
    })
    return text === '' ? '{ }' : `${text} }`
  })
}
