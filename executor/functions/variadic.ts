import { assert } from '../../types/error.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { type FunctionEntry, fn, functionsLike, leafOf } from './registry.ts'

type Call = (...args: Value[]) => Value

/** Calls with VARIADIC of an array whose length is not known before: `$variadic_concat(anyarray)`; of each dialect's. */
function variadic(name: string, fixed: string, result: string, more: string, nulls?: 'as nothing'): void {
  const parameters = [...(fixed === '' ? [] : [fixed]), ...more.split(', ')].join(', ')
  for (const entry of functionsLike(`${name}(${parameters}) -> ${result}`))
    ofArray(entry, fixed, result, nulls)
}

function ofArray(entry: FunctionEntry, fixed: string, result: string, nulls?: 'as nothing'): void {
  const { name, help, dialect } = entry
  fn(`$variadic_${name}(${fixed === '' ? '' : `${fixed}, `}anyarray) -> ${result}`, {
    help,
    ...(dialect !== undefined && { dialect }),
    strict: false,
    ...(entry.zoned !== undefined && { zoned: entry.zoned }),
    make: types => {
      const before = fixed === '' ? 0 : 1
      const rest = entry.zoned !== undefined ? types.slice(before + 1) : []
      const leaf = leafOf(types[before]!)
      const calls = new Map<number, Call>()
      const callOf = (count: number): Call => {
        const known = calls.get(count)
        if (known !== undefined) return known
        const all = [...types.slice(0, before), ...Array.from({ length: count }, () => leaf), ...rest]
        const made = (entry.make?.(all, types[0]!) ?? entry.call) as Call | undefined
        assert(made !== undefined, `${name} is called, not compiled`)
        calls.set(count, made)
        return made
      }
      return ((...values: Value[]) => {
        const array = values[before] as readonly Value[] | null
        if (array === null && nulls === undefined) return null
        if (entry.strict !== false && values.slice(0, before).includes(null)) return null
        const items = array === null ? [] : leaves(types[before]!, array)
        return callOf(items.length)(...values.slice(0, before), ...items, ...values.slice(before + 1))
      }) as never
    },
  })
}

variadic('concat', '', 'text', 'any, ...any')
variadic('concat_ws', 'text', 'text', '...any')
variadic('format', 'text', 'text', '...any', 'as nothing')
variadic('num_nulls', '', 'int4', 'any, ...any')
variadic('num_nonnulls', '', 'int4', 'any, ...any')
for (const type of ['jsonb', 'json'])
  for (const what of ['array', 'object']) variadic(`${type}_build_${what}`, '', type, '...any')

/** PostgreSQL takes the elements of all dimensions. */
export function leaves(type: Type, array: readonly Value[]): readonly Value[] {
  if (type.element?.name !== 'array') return array
  return array.flatMap(inner => (inner === null ? [] : leaves(type.element!, inner as readonly Value[])))
}
