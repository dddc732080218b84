import { SqlError } from '../../types/error.ts'
import { quoteIdent } from '../../types/sql-text.ts'
import { formatText } from '../../types/text-io.ts'
import { TEXT, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { castValue } from './casts.ts'
import { fn } from './registry.ts'

type Any = (value: Value) => string | null

/** Functions over values of any type use its output function. */
const outputs = (types: readonly Type[], zone: Value): Any[] =>
  types.map(type => value => (value === null ? null : formatText(type, value, String(zone ?? 'UTC'))))

const texts = (types: readonly Type[], values: readonly Value[]): (string | null)[] => {
  const count = types.length - 1
  return outputs(types.slice(0, count), values[count]!).map((out, i) => out(values[i]!))
}

const any = (signature: string, help: string, call: (all: (string | null)[]) => Value, strict = false) =>
  fn(signature, {
    help,
    strict,
    zoned: 'style',
    make: types => ((...values: Value[]) => call(texts(types, values))) as never,
  })

any('concat(any, ...any) -> text', 'joined, NULL as nothing', all => all.map(a => a ?? '').join(''))
any('concat_ws(text, ...any) -> text', 'joined by a separator, NULLs left out', ([by, ...all]) =>
  by === null ? null : all.filter(a => a !== null).join(by),
)
// Operands of || are cast to text, which says true where the output function says t.
for (const operands of ['text, anynonarray', 'anynonarray, text'])
  fn(`||(${operands}) -> text`, {
    help: 'joined',
    zoned: 'style',
    make: types =>
      ((a: Value, b: Value, zone: string) =>
        String(castValue(a, types[0]!, TEXT, zone)) + String(castValue(b, types[1]!, TEXT, zone))) as never,
  })
any('format(text, ...any) -> text', 'arguments in a pattern of %s, %I and %L', ([pattern, ...all]) =>
  pattern === null ? null : format(pattern!, all),
)
for (const [name, help, nulls] of [
  ['quote_literal', 'as a literal of SQL', null],
  ['quote_nullable', 'as a literal of SQL, NULL too', 'NULL'],
] as const)
  fn(`${name}(any) -> text`, {
    help,
    strict: false,
    zoned: 'style',
    make:
      ([type]) =>
      (a: Value, zone: string) => {
        if (a === null) return nulls
        // A cast to text spells truth out, its output does not.
        return quoteLiteral(type!.name === 'bool' ? String(a) : formatText(type!, a, zone))
      },
  })
fn('quote_ident(text) -> text', { help: 'as an identifier of SQL', call: quoteIdent })

function quoteLiteral(a: string): string {
  const quoted = `'${a.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
  return a.includes('\\') ? `E${quoted}` : quoted
}

function format(pattern: string, args: readonly (string | null)[]): string {
  let next = 0
  const take = (position: string | undefined): string | null => {
    const index = position === undefined ? next++ : Number(position) - 1
    if (position !== undefined) {
      if (index < 0) throw bad('format specifies argument 0, but arguments are numbered from 1')
      next = index + 1
    }
    if (index >= args.length) throw bad('too few arguments for format()')
    return args[index]!
  }
  const token = /%(?:(%)|(?:(\d+)\$)?(-)?(\d+|\*(?:(\d+)\$)?)?(.?))/gsu
  return pattern.replace(token, (_, percent, position, minus, width, star, kind: string) => {
    if (percent !== undefined) return '%'
    if (kind === '') throw bad('unterminated format() type specifier', 'For a single "%" use "%%".')
    if (!'sIL'.includes(kind))
      throw bad(`unrecognized format() type specifier "${kind}"`, 'For a single "%" use "%%".')
    let size = width === undefined ? 0 : width.startsWith('*') ? Number(take(star) ?? 0) : Number(width)
    const value = take(position)
    const left = minus !== undefined || size < 0
    size = Math.abs(size)
    const text = shown(kind, value)
    const missing = ' '.repeat(Math.max(0, size - [...text].length))
    return left ? text + missing : missing + text
  })
}

function shown(kind: string, value: string | null): string {
  if (kind === 's') return value ?? ''
  if (kind === 'L') return value === null ? 'NULL' : quoteLiteral(value)
  if (value === null)
    throw new SqlError('null_value_not_allowed', 'null values cannot be formatted as an SQL identifier')
  return quoteIdent(value)
}

function bad(message: string, hint?: string): SqlError {
  return new SqlError('invalid_parameter_value', message, { hint })
}
