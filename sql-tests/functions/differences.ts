/** Where a function differs from PostgreSQL's on purpose: the statement or what differed, and the reason. */
const EXPLAINED: readonly { readonly sql?: RegExp; readonly detail?: RegExp; readonly reason: string }[] = [
  {
    sql: /^select (k, )?(min|max)\((distinct )?(b|y|j|ROW)/i,
    reason: 'min and max take every type that has an order, as in RisingWave',
  },
  {
    sql: /array_cat/,
    detail: /malformed array literal/,
    reason: 'array_cat takes an element too, and an untyped literal is taken for one',
  },
  {
    sql: /"(left|right)"\(.*-2147483648/,
    reason: 'the least integer is as far from the end as its size says',
  },
  {
    sql: /array_fill/,
    detail: /several dimensions|do not begin at 1/,
    reason: 'the dimensions of an array belong to its type, and subscripts begin at 1',
  },
  { sql: /array_agg\(a order/, reason: 'an array may have empty and NULL arrays as elements' },
  { detail: /_unique|_strict/, reason: 'aggregates of PostgreSQL 16 that an older server does not know' },
  { sql: /1\.0'::jsonb|"a":1\.0\}/, reason: 'equality of jsonb goes by text: 1.0 is not 1' },
  { sql: /to_ascii/, reason: 'PostgreSQL has it for Latin encodings only, RisingWave for UTF-8' },
  { sql: /to_jsonb\('|to_json\('/, reason: 'an untyped literal is a text, as in RisingWave' },
  {
    sql: /convert_(from|to)|pg_encoding|pg_char_to/,
    reason: 'UTF8, LATIN1 and SQL_ASCII are the encodings known',
  },
  {
    sql: /date_trunc.*infinity/,
    reason: 'an unknown unit is an error for infinities too, as from PostgreSQL 18 on',
  },
  {
    sql: /"?age"?\(.*infinity/,
    reason: 'the age of an infinity is an error, where old servers show the sentinel’s digits',
  },
  {
    sql: /make_interval/,
    detail: /interval out of range/,
    reason: 'overflow is an error, as from PostgreSQL 18 on',
  },
  {
    detail: /more than 10000000 rows|no answer/,
    reason: 'one set-returning call makes at most ten million rows, whatever LIMIT follows',
  },
  {
    sql: /generate_series.*infinity/,
    reason: 'a series that starts at an infinity ends there; PostgreSQL’s never ends',
  },
  {
    sql: /29424|178000000/,
    reason: 'timestamps end 294247-01-10, where 64 bits of microseconds since 1970 end',
  },
  {
    sql: /"?(power|pow)"?\(|\^/,
    detail: /^expected 1 rows\n {2}'-?0?\.?\d/,
    reason: 'powers of numeric have the digits of PostgreSQL 16 and later',
  },
  { sql: /EEEE/, detail: /10(\.0+)?e\+/, reason: 'digits that round up to ten move the exponent' },
  { sql: /to_char"?\(.*interval.*'i'\)/i, reason: 'an interval has no ISO year' },
  { sql: /date_part"?\('.*5874897/, reason: 'an unknown unit is told before a date too far for a timestamp' },
  { sql: /"?(round|trunc)"?\(.*2147483647\)/, reason: 'numeric shows at most 2000 digits after the point' },
  {
    sql: /RN'\)/i,
    detail: /to (integer|bigint)|out of range/,
    reason: 'Roman numerals of what is no int are an error',
  },
  {
    sql: /(9223372036854775807|2147483648).*V9/,
    reason: 'V multiplies as numeric: integers do not overflow',
  },
  {
    sql: /jsonb_path|@[?@]/,
    detail: /of jsonpath input|type jsonpath/,
    reason: 'a path is a text, whose syntax is looked at when it is run',
  },
  {
    detail: /could not determine polymorphic type|must be a row type/,
    reason: 'an untyped literal is a text, as in RisingWave; what is no row has no rows',
  },
]

export function explained(sql: string, detail: string): boolean {
  return EXPLAINED.some(e => (e.sql?.test(sql) ?? true) && (e.detail?.test(detail) ?? true))
}
