import { SqlError } from '../../../types/error.ts'
import { formatJson, type Json, parseJson } from '../../../types/json-text.ts'
import { type JsonPath, parsePath } from '../../../types/jsonpath/parse.ts'
import { canonicalPath } from '../../../types/jsonpath/print.ts'
import type { Value } from '../../../types/value.ts'
import { fn } from '../registry.ts'
import { Moment, momentText } from './moment.ts'
import { isPathError, runPath } from './run.ts'

const PARSED_MAX = 500
const parsed = new Map<string, JsonPath>()

function pathOf(text: string): JsonPath {
  let path = parsed.get(text)
  if (path === undefined) {
    path = parsePath(text)
    if (parsed.size >= PARSED_MAX) parsed.clear()
    parsed.set(text, path)
  }
  return path
}

interface Found {
  readonly items: readonly Json[]
  /** The path failed and was silent about it. */
  readonly failed: boolean
}

/** `how`: of a lax path only the first item is asked for, so an error behind it does not count. */
function find(
  document: string,
  path: string,
  variables = '{}',
  silent = false,
  zone?: string,
  how: 'all' | 'first' = 'all',
): Found {
  const parsedPath = pathOf(path)
  const known = parseJson(variables)
  if (!(known instanceof Map))
    throw new SqlError('invalid_parameter_value', '"vars" argument is not an object', {
      detail: 'Jsonpath parameters should be encoded as key-value pairs of "vars" object.',
    })
  const items: Json[] = []
  try {
    for (const item of runPath(parsedPath, parseJson(document), known, zone)) {
      items.push(item instanceof Moment ? momentText(item) : item)
      if (how === 'first' && !parsedPath.strict) break
    }
    return { items, failed: false }
  } catch (error) {
    if (silent && isPathError(error)) return { items, failed: true }
    throw error
  }
}

function exists({ items, failed }: Found): boolean | null {
  return failed ? null : items.length > 0
}

function matched({ items, failed }: Found, silent: boolean): boolean | null {
  const only = items.length === 1 ? items[0]! : undefined
  if (!failed && (only === null || typeof only === 'boolean')) return only
  if (silent) return null
  throw new SqlError('singleton_sql_json_item_required', 'single boolean result is expected')
}

fn('$jsonpath(text) -> text', { help: 'a path as PostgreSQL writes it', call: canonicalPath })
fn('@?(jsonb, text) -> bool', {
  help: 'whether a path has an item',
  call: (a: string, path: string) => exists(find(a, path, '{}', true, undefined, 'first')),
})
fn('@@(jsonb, text) -> bool', {
  help: 'result of a path that is a predicate',
  call: (a: string, path: string) => matched(find(a, path, '{}', true), true),
})

const texts = (found: Found): string[] => found.items.map(formatJson)
const FUNCTIONS: readonly {
  readonly name: string
  readonly result: string
  readonly help: string
  readonly of: (found: Found, silent: boolean) => Value
  readonly how?: 'first'
}[] = [
  { name: 'exists', result: 'bool', help: 'whether a path has an item', of: exists, how: 'first' },
  { name: 'match', result: 'bool', help: 'result of a path that is a predicate', of: matched },
  {
    name: 'query_array',
    result: 'jsonb',
    help: 'items of a path',
    of: ({ items }) => formatJson([...items]),
  },
  {
    name: 'query_first',
    result: 'jsonb',
    help: 'first item of a path',
    of: found => texts(found)[0] ?? null,
  },
]
type Arguments = (string | boolean)[]

const ARGS = ['jsonb', 'text', 'jsonb', 'bool']
const NAMED = { parameters: 'target path vars silent', defaults: ['{}', false] }
for (const suffix of ['', '_tz'])
  for (const count of [2, 3, 4]) {
    const args = ARGS.slice(0, count).join(', ')
    const named = count === 4 ? NAMED : {}
    const zoned = suffix === '' ? {} : { zoned: true }
    /** The arguments; a zone follows those that are given. */
    const settled = (given: Arguments): [string, string, string, boolean, string | undefined] => [
      given[0] as string,
      given[1] as string,
      count > 2 ? (given[2] as string) : '{}',
      count > 3 ? (given[3] as boolean) : false,
      suffix === '' ? undefined : (given[count] as string),
    ]
    for (const { name, result, help, of, how } of FUNCTIONS)
      fn(`jsonb_path_${name}${suffix}(${args}) -> ${result}`, {
        help,
        ...named,
        ...zoned,
        call: (...given: Arguments) => {
          const [a, path, variables, silent, zone] = settled(given)
          return of(find(a, path, variables, silent, zone, how), silent)
        },
      })
    fn(`jsonb_path_query${suffix}(${args}) -> setof jsonb`, {
      help: 'items of a path',
      ...named,
      ...zoned,
      rows: (...given: Arguments) => texts(find(...settled(given))),
    })
  }
