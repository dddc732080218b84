import type { Random } from './random.ts'

/** Literals of each type: few ordinary values, so that joins and groups meet, and the edges. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  bool: ['true', 'false'],
  int2: ['0', '1', '2', '3', '-1', '7', '32767', "'-32768'"],
  int4: ['0', '1', '2', '3', '-1', '5', '100', '2147483647', "'-2147483648'"],
  int8: ['0', '1', '2', '3', '-5', '10', '4294967296', '9223372036854775807', "'-9223372036854775808'"],
  numeric: ['0', '1', '1.0', '2.50', '-0.01', '3', '123456789012345678901234567890', '0.000001', "'NaN'"],
  float4: ['0', '1', '0.5', '-2.25', "'NaN'", "'Infinity'", '3e38', '0.1'],
  float8: ['0', '1', '0.5', '-2.25', "'NaN'", "'Infinity'", "'-Infinity'", '1e300', '0.1', "'-0'"],
  text: ["''", "'a'", "'b'", "'ab'", "'A'", "'a b'", "'ä'", "'😀x'", "'null'", "'%_'", "'10'", "'z\"\\'"],
  date: ["'2024-02-29'", "'1970-01-01'", "'1969-12-31'", "'2024-03-01'", "'0001-01-01'", "'9999-12-31'"],
  time: ["'00:00'", "'12:34:56.789'", "'23:59:59.999999'", "'12:00'", "'24:00'"],
  timestamp: [
    "'2024-02-29 12:00'",
    "'2024-02-29 12:00:07.5'",
    "'2024-02-29 12:01:59.999999'",
    "'2024-02-29 12:02:00'",
    "'1969-12-31 23:59:59'",
    "'1970-01-01'",
  ],
  timestamptz: [
    "'2024-02-29 12:00+00'",
    "'2024-03-31 02:30+02'",
    "'1970-01-01 00:00Z'",
    "'1969-07-20 20:17-05'",
  ],
  interval: ["'1 day'", "'24:00'", "'1 mon'", "'30 days'", "'-1 year 2 days'", "'0'", "'00:00:01.5'"],
  bytea: ["'\\x'", "'\\x00'", "'\\x0001ff'", "'\\xff'"],
  uuid: ["'00000000-0000-0000-0000-000000000000'", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
  jsonb: [
    "'null'",
    "'1'",
    `'"a"'`,
    "'[]'",
    "'[1, 2]'",
    "'{}'",
    `'{"a": 1, "b": [true]}'`,
    "'1.50'",
    "'1.5'",
    "'[1.0, 2]'",
    `'{"a": null}'`,
  ],
  json: [
    "'null'",
    "' 1.50'",
    `'"a"'`,
    "'[]'",
    "'[ 1,2]'",
    `'{"b": 1,  "a":[true] }'`,
    `'{"a": {"b" :"ä"}, "a" : null}'`,
    `'[{"a":1}, "x"]'`,
  ],
  mood: ["'sad'", "'ok'", "'happy'"],
  pair: ["'(1,a)'", "'(1,b)'", "'(2,)'", "'(,x)'"],
  'mood[]': ["'{}'", "'{sad,ok}'", "'{happy,NULL}'"],
  'bit(4)': ["B'0000'", "B'1010'", "B'0101'", "B'1111'", "X'8'"],
  varbit: ["B''", "B'0'", "B'1'", "B'10'", "B'1010'", "B'000000001'", "X'ff'"],
  'int4[]': ["'{}'", "'{1}'", "'{1,2}'", "'{1,NULL}'", "'{3,2,1}'"],
  'text[]': ["'{}'", "'{a}'", "'{a,NULL,b}'", `'{"",x y}'`],
}

/** What makes the types that are no server's own. */
export const MADE_TYPES: readonly string[] = [
  "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')",
  'CREATE TYPE pair AS (a int4, b text)',
]

export const TYPES = Object.keys(VALUES)

/** A json is neither equal nor less than another one: it cannot be a group, a sort key, or in a set. */
export function isCompared(type: string): boolean {
  return type !== 'json'
}

/** A literal with its type written out, never NULL. */
export function literal(random: Random, type: string): string {
  return `${random.pick(VALUES[type]!)}::${type}`
}

/** A literal or NULL. */
export function value(random: Random, type: string, nulls = 0.15): string {
  return random.chance(nulls) ? `NULL::${type}` : literal(random, type)
}
