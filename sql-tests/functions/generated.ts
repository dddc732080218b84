import type { FunctionEntry } from '../../executor/functions/registry.ts'
import type { typeName } from '../../types/type-names.ts'
import { EDGES } from './edge-values.ts'

/** Types a polymorphic argument is tried with. */
const ANY = ['int4', 'text', 'timestamp', 'json', 'jsonb', 'float8', 'bool', 'int4[]'] as const
const BOUND = ['int4', 'text'] as const

/** Up to `count` calls of a function with edge values, the same in every run. */
export function callsOf(entry: FunctionEntry, count: number): readonly string[] {
  const random = generator(entry.id)
  const calls = new Set<string>()
  for (let attempt = 0; attempt < count * 3 && calls.size < count; attempt++) {
    const bound = pick(BOUND, random)
    const fixed = entry.variadic ? entry.args.length - 1 : entry.args.length
    const extra = entry.variadic ? Math.floor(random() * 4) : 0
    const values: string[] = []
    for (let i = 0; i < fixed + extra; i++) {
      const pattern = entry.args[Math.min(i, entry.args.length - 1)]!
      const type =
        typeof pattern === 'object'
          ? edgeName(pattern)
          : pattern === 'any'
            ? pick(ANY, random)
            : pattern === 'array'
              ? `${bound}[]`
              : bound
      const edges = EDGES[type]
      if (edges === undefined) return []
      values.push(pick(edges, random))
    }
    calls.add(written(entry, values))
  }
  return [...calls]
}

function edgeName(type: Parameters<typeof typeName>[0]): string {
  return type.name === 'array' ? `${edgeName(type.element!)}[]` : type.name
}

function written(entry: FunctionEntry, args: readonly string[]): string {
  const operator = /^\W+$/.test(entry.name) || entry.name === 'not'
  if (!operator) {
    const call = `pg_catalog."${entry.name}"(${args.join(', ')})`
    return entry.set ? `SELECT ${call} LIMIT 20` : `SELECT ${call}`
  }
  return args.length === 1
    ? `SELECT ${entry.name} (${args[0]})`
    : `SELECT (${args[0]}) ${entry.name} (${args[1]})`
}

function pick<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)]!
}

/** Numbers from 0 to 1 that follow from a text (xorshift32). */
function generator(seed: string): () => number {
  let state = 2463534242
  for (const c of seed) state = (Math.imul(state, 31) + c.charCodeAt(0)) | 0
  if (state === 0) state = 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 4294967296
  }
}
