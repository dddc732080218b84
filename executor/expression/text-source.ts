import type { Value } from '../../types/value.ts'
import { functionById } from '../functions/index.ts'
import { cutOfBytes, likeBytes } from '../functions/text-bytes.ts'
import type { Call } from './shared.ts'

type OfBytes = (bytes: Uint8Array, from: number, to: number) => unknown

/** A call of a text column and constants as a function of the column's bytes, which makes no string; undefined: there is none. */
export function ofBytes(e: Call): OfBytes | undefined {
  const [column, ...constants] = e.args
  if (column?.kind !== 'column' || column.type.name !== 'text') return undefined
  const values = constants.map(c => (c.kind === 'literal' ? c.value : null))
  if (values.length === 0 || values.includes(null)) return undefined
  switch (e.fn) {
    case '~~(text, text) -> bool':
      return likeBytes(values[0] as string)
    case '!~~(text, text) -> bool': {
      const like = likeBytes(values[0] as string)
      return like && ((bytes, from, to) => !like(bytes, from, to))
    }
    case 'substr(text, int4, int4) -> text':
    case 'substring(text, int4, int4) -> text': {
      const [from, count] = values as [number, number]
      if (from < 1) return undefined
      return cutOfBytes(from - 1, count, slow(e.fn, values))
    }
    case 'left(text, int4) -> text': {
      const [count] = values as [number]
      return cutOfBytes(0, count, slow(e.fn, values))
    }
    default:
      return undefined
  }
}

/** The function itself, of a text. */
function slow(name: string, constants: readonly Value[]): (text: string) => string {
  const call = functionById(name).call as (text: string, ...constants: readonly Value[]) => string
  return text => call(text, ...constants)
}
