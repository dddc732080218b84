import { isCompared, literal, value } from './data.ts'
import type { Random } from './random.ts'
import type { Column } from './schema.ts'
import { type Part, sql, type Tree } from './tree.ts'

export interface Scope {
  readonly random: Random
  /** Columns in reach; `name` is qualified. */
  readonly columns: readonly Column[]
}

/** An expression of the type that PostgreSQL evaluates without an error, whatever the row. */
export function expression(scope: Scope, type: string, depth: number): Tree {
  const { random } = scope
  const columns = scope.columns.filter(column => column.type === type)
  if (depth <= 0 || random.chance(0.35)) {
    if (columns.length > 0 && random.chance(0.85)) return sql(`expr ${type}`, random.pick(columns).name)
    return sql(`expr ${type}`, value(random, type, 0.08))
  }
  const any = isCompared(type) ? [...ANY, 'NULLIF(#{x}, #{x})'] : ANY
  const forms = [...(FORMS[type] ?? []), ...(type === 'bool' ? [] : any)]
  const form = random.pick(type === 'bool' ? [...forms, ...CONDITIONS] : forms)
  const parts = form.split('#{').flatMap((text, i) => {
    if (i === 0) return [text]
    const [, wanted, rest] = /^([^}]*)\}(.*)$/s.exec(text)!
    return [fill(scope, wanted!, type, depth - 1), rest!]
  })
  return sql(`expr ${type}`, '(', ...parts, ')')
}

export function condition(scope: Scope, depth = 2): Tree {
  return expression(scope, 'bool', depth)
}

/** `x` the type itself, `lit type` a literal, `pg text` what only PostgreSQL is sent, else a type. */
function fill(scope: Scope, wanted: string, type: string, depth: number): Part {
  if (wanted.startsWith('lit ')) return literal(scope.random, wanted.slice(4))
  if (wanted.startsWith('pg ')) return { weir: '', pg: wanted.slice(3) }
  if (wanted === 'compare') return comparison(scope, depth)
  if (wanted === 'isnull') {
    const column = scope.random.pick(scope.columns)
    return sql(
      'clause',
      expression(scope, column.type, depth),
      scope.random.pick([' IS NULL', ' IS NOT NULL']),
    )
  }
  return expression(scope, wanted === 'x' ? type : wanted, depth)
}

function comparison(scope: Scope, depth: number): Tree {
  const { random } = scope
  const columns = scope.columns.filter(column => isCompared(column.type))
  const type = columns.length > 0 ? random.pick(columns).type : 'int4'
  const operator = random.pick(['=', '<>', '<', '<=', '>', '>=', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM'])
  return sql('clause', expression(scope, type, depth), ` ${operator} `, expression(scope, type, depth))
}

const ANY = [
  'CASE WHEN #{bool} THEN #{x} ELSE #{x} END',
  'CASE WHEN #{bool} THEN #{x} END',
  'COALESCE(#{x}, #{x})',
]
const CONDITIONS = [
  '#{compare}',
  '#{compare}',
  '#{compare}',
  '#{isnull}',
  '#{bool} AND #{bool}',
  '#{bool} OR #{bool}',
  'NOT #{bool}',
]

const FORMS: Readonly<Record<string, readonly string[]>> = {
  bool: [
    '#{int4} BETWEEN #{int4} AND #{int4}',
    '#{int4} IN (#{int4}, #{int4}, #{lit int4})',
    '#{text} NOT IN (#{text}, #{lit text})',
    "#{text} LIKE replace(#{lit text}, '\\', '_')",
    '#{bool} IS NOT TRUE',
    '#{bool} IS UNKNOWN',
    '#{int4} = ANY(#{int4[]})',
    '#{int4[]} @> #{int4[]}',
    '#{int4[]} && #{int4[]}',
    '#{jsonb} @> #{jsonb}',
    '#{mood} < #{mood}',
    '#{pair} >= #{pair}',
    '#{mood} = ANY(#{mood[]})',
    '#{jsonb} ? #{text}',
    '(#{int4}, #{text}) < (#{int4}, #{text})',
    'starts_with(#{text}, #{text})',
  ],
  int2: ['(#{int2} / 2)::int2', '(#{int4} % 100)::int2', 'length(#{text})::int2'],
  int4: [
    '#{int4} % 10',
    '#{int4} / 3',
    '#{int4} & #{int4}',
    '#{int4} # #{int4}',
    'length(#{text})',
    'strpos(#{text}, #{text})',
    'ascii(#{text})',
    '#{bool}::int',
    '#{int2}::int4',
    '(#{int8} % 1000)::int',
    'cardinality(#{int4[]})',
    'array_length(#{text[]}, 1)',
    'array_position(#{int4[]}, #{int4})',
    '(#{int4[]})[1]',
    '#{date} - #{date}',
    'extract(day FROM #{timestamp})::int',
    'greatest(#{int4}, #{int4})',
    'least(#{int4}, #{int4})',
    'sign(#{int4})::int',
    'width_bucket(#{int2}, 0, 10, 4)',
    'octet_length(#{bytea})',
    'length(#{varbit})',
    'bit_count(#{varbit})::int',
    'position(#{bit(4)} IN #{varbit})',
    'get_bit(#{bit(4)}, 3)',
    '#{bit(4)}::int',
  ],
  int8: [
    '#{int4}::int8 * #{int2}',
    '#{int4}::int8 + #{int4}',
    '#{int8} / 7',
    '#{int8} % 5',
    '#{int8} | #{int8}',
    'extract(epoch FROM #{timestamp})::int8',
    '#{int4}::int8 << 3',
  ],
  numeric: [
    '#{numeric} + #{numeric}',
    '#{numeric} * #{numeric}',
    '#{numeric} - #{int4}',
    'round(#{numeric}, 2)',
    'trunc(#{numeric})',
    'floor(#{numeric})',
    'abs(#{numeric})',
    '#{numeric} / 3',
    '#{numeric} % 7',
    '#{int8}::numeric / 8',
    '#{int4}::numeric',
    'extract(second FROM #{time})',
    'extract(epoch FROM #{interval})',
    'sign(#{numeric})',
  ],
  float8: [
    '#{int4}::float8 / 4',
    '#{float4}::float8',
    '-#{float8}',
    'abs(#{float8})',
    'floor(#{float8})',
    'sign(#{float8})',
  ],
  float4: ['#{int2}::float4', '-#{float4}', 'abs(#{float4})'],
  text: [
    '#{text} || #{text}',
    'lower(#{text})',
    'upper(#{text})',
    'substr(#{text}, 2)',
    'substring(#{text} FROM 1 FOR 2)',
    "replace(#{text}, 'a', #{text})",
    'reverse(#{text})',
    'left(#{text}, 2)',
    'right(#{text}, -1)',
    'lpad(#{text}, 5, #{text})',
    'trim(#{text})',
    'concat(#{text}, #{int4}, #{bool})',
    "concat_ws('-', #{text}, #{date}, #{numeric})",
    "split_part(#{text}, ' ', 1)",
    'translate(#{text}, #{text}, #{text})',
    'initcap(#{text})',
    'md5(#{text})',
    'repeat(#{text}, 3)',
    '#{int4}::text',
    '#{int8}::text',
    '#{numeric}::text',
    '#{float8}::text',
    '#{bool}::text',
    '#{date}::text',
    '#{timestamp}::text',
    // PostgreSQL leaves the minutes of an offset out where they are zero: the length of a text shows it.
    "#{pg regexp_replace(}#{timestamptz}::text#{pg , '([+-]\\d\\d)($| BC)', '\\1:00\\2')}",
    '#{interval}::text',
    '#{time}::text',
    '#{jsonb}::text',
    '#{int4[]}::text',
    '#{text[]}::text',
    '#{bytea}::text',
    '#{uuid}::text',
    '#{mood}::text',
    '(#{pair}).b',
    '#{varbit}::text',
    '#{bit(4)}::text',
    "#{jsonb} ->> 'a'",
    "#{json} ->> 'a'",
    "#{json} #>> '{0,a}'",
    'json_typeof(#{json})',
    '#{json}::text',
    'jsonb_typeof(#{jsonb})',
    '(#{text[]})[2]',
    "array_to_string(#{text[]}, ',', '?')",
    "to_char(#{timestamp}, 'YYYY-MM-DD HH24:MI:SS.US Dy Mon')",
    'to_hex(#{int4})',
    'quote_literal(#{text})',
    'quote_ident(#{text})',
    "encode(#{bytea}, 'base64')",
  ],
  date: ['#{date} + 1', '#{timestamp}::date', '#{timestamptz}::date'],
  time: ['#{timestamp}::time', '#{time} + #{interval}'],
  timestamp: [
    '#{timestamp} + #{interval}',
    '#{timestamp} - #{interval}',
    '#{date}::timestamp',
    "date_trunc('hour', #{timestamp})",
    "date_trunc('month', #{timestamp})",
    "#{timestamptz} AT TIME ZONE 'Europe/Berlin'",
    "date_bin('15 minutes', #{timestamp}, TIMESTAMP '2001-01-01')",
  ],
  timestamptz: [
    '#{timestamptz} + #{interval}',
    '#{timestamp}::timestamptz',
    "#{timestamp} AT TIME ZONE 'America/New_York'",
  ],
  interval: [
    '#{interval} + #{interval}',
    '-#{interval}',
    '#{interval} * 2',
    '#{interval} / 4',
    '#{timestamp} - #{timestamp}',
    'age(#{timestamp}, #{timestamp})',
    'justify_hours(#{interval})',
    'justify_interval(#{interval})',
  ],
  'bit(4)': [
    '#{bit(4)} & #{bit(4)}',
    '#{bit(4)} | #{bit(4)}',
    '#{bit(4)} # #{bit(4)}',
    '~ #{bit(4)}',
    '#{bit(4)} << #{int4}',
    '#{bit(4)} >> 1',
    'set_bit(#{bit(4)}, 2, 1)',
    '#{varbit}::bit(4)',
    '#{int4}::bit(4)',
  ],
  varbit: [
    '#{varbit} || #{varbit}',
    '#{bit(4)} || #{varbit}',
    'substring(#{varbit} FROM 2)',
    'substring(#{bit(4)} FROM 2 FOR 2)',
    'overlay(#{varbit} PLACING #{varbit} FROM 2)',
    '#{int4}::bit(33)',
  ],
  bytea: ["decode(md5(#{text}), 'hex')", '#{bytea} || #{bytea}', 'substring(#{bytea} FROM 2)'],
  jsonb: [
    "#{jsonb} -> 'a'",
    '#{jsonb} -> 0',
    "#{jsonb} #> '{b,0}'",
    "jsonb_build_object('k', #{int4}, 't', #{text})",
    'jsonb_build_array(#{int4}, #{bool}, #{numeric})',
    'to_jsonb(#{text})',
    'to_jsonb(#{int4[]})',
    '#{jsonb} || #{jsonb}',
    'jsonb_strip_nulls(#{jsonb})',
    '#{json}::jsonb',
  ],
  json: [
    "#{json} -> 'a'",
    '#{json} -> -1',
    "#{json} #> '{a,b}'",
    "json_build_object('k', #{int4}, 't', #{json})",
    'json_build_array(#{int4}, #{bool}, #{text}, #{int4[]})',
    'to_json(#{pair})',
    'to_json(#{timestamp})',
    'row_to_json(ROW(#{int4}, #{json}))',
    'array_to_json(#{int4[]}, #{bool})',
    'json_strip_nulls(#{json})',
    '#{jsonb}::json',
  ],
  mood: ['(#{mood[]})[1]', 'enum_last(#{mood})', '(#{mood}::text)::mood'],
  'mood[]': ['array_append(#{mood[]}, #{mood})', 'enum_range(#{mood}, NULL)', '#{mood[]} || #{mood[]}'],
  pair: ['ROW(#{int4}, #{text})::pair', '(#{pair}::text)::pair'],
  'int4[]': [
    'array_append(#{int4[]}, #{int4})',
    '#{int4[]} || #{int4[]}',
    'ARRAY[#{int4}, #{int4}]',
    '(#{int4[]})[1:2]',
    'array_remove(#{int4[]}, #{int4})',
    'array_replace(#{int4[]}, #{int4}, 9)',
  ],
  'text[]': [
    'ARRAY[#{text}, #{text}]',
    "string_to_array(#{text}, ' ')",
    '#{int4[]}::text[]',
    'array_cat(#{text[]}, #{text[]})',
  ],
}
