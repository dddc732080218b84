-- Bit strings, one expression a line.
b'101', x'1f', X'Ff', B''
b'102'
x'1g'
b'101'::bit(5), b'101'::bit(2), b'101'::bit, bit '101', bit(2) '101', bit varying '101', varbit(2) '101'
'101'::bit(5), 'x1f'::bit(8), 'B11'::varbit, 'X1F'::varbit(3), '1'::"bit", '101'::"bit", ''::bit(3)
'12'::bit(3)
'xyz'::varbit
'101'::bit(0)
'101'::bit(1, 2)
'101'::bit varying(83886081)
44::bit(10), 44::bit(3), (-44)::bit(12), (-44)::bit(40), 5::bit, 4::bit, 5::"bit", (-1)::int8::bit(70)
5::int2::bit(4)
5::varbit
b'1110'::int4, b'1110'::int8, x'ffffffff'::int4, x'ffffffff'::int8, b''::int, b''::varbit::bit::int
x'fffffffff'::int4
x'fffffffffffffffff'::int8
b'101'::varbit::int4
b'1'::bool
b'101'::text, b'101'::varchar(2), b'101'::varbit::text, '101'::text::bit(3), '101'::varchar::varbit
b'101' = b'101', b'101' = b'1010', b'1' < b'10', b'01' < b'1', b'10' > b'01111', b'101' <> '101', b'1'::varbit = b'1'
b'1' = 1
b'1' in (b'1', b'0'), b'1' between b'0' and b'11', b'1' is distinct from b'1'::varbit, greatest(b'1', b'11'), least(b'1', b'01')
b'101' & b'110', b'101' | b'010', b'101' # b'111', ~ b'101', ~ b'', b'' & b''
b'101' & b'11'
b'101' | b'1'
b'101' # b'1'
b'10110' << 2, b'10110' >> 2, b'10110' << -2, b'10110' >> -2, b'101' << 5, b'101' >> 50, b'1' << (-2147483648)
b'10' || b'11', b'10' || '11', '1' || b'0', b'10' || x'f', b'10' || 'x', pg_typeof(b'1' || b'1'), pg_typeof(b'1' || '1')
b'10' || 'x'::text, 'x'::text || b'10', concat(b'1', b'0', 'a'), quote_literal(b'1'), format('%s %L', b'1', b'1')
'1' & '1'
~ '1'
'1' << 1
length(b'10101'), bit_length(b'10101'), octet_length(b'10101'), octet_length(x'ffff'), bit_count(b'10101'), length(b'1'::varbit)
substring(b'1100110' from 2 for 3), substring(b'1100110' from 3), substring(b'1100110' for 3), substring(b'1100110', -1, 4)
substring(b'110', 10), substring(b'110', 0, 2), substring(b'110', 2, 2147483647), substring(b'110', -2147483648)
substring(b'110', 1, -1)
substr(b'110', 1)
overlay(b'0000000' placing b'111' from 2), overlay(b'0000000' placing b'111' from 2 for 5), overlay(b'000' placing b'11' from 10)
overlay(b'000' placing b'1' from 3 for -1)
overlay(b'000' placing b'1' from 0)
position(b'11' in b'00110'), position(b'' in b'01'), position(b'' in b''), position(b'111' in b'11'), position('1' in b'01')
get_bit(b'0101', 1), set_bit(b'0000', 2, 1), set_bit(b'1111', 0, 0)
get_bit(b'0101', 4)
set_bit(b'0101', -1, 0)
set_bit(b'0101', 0, 2)
array[b'1', b'101'], '{101,0,NULL}'::bit(3)[], array[5, 6]::bit(4)[], '{1,2}'::int[]::bit(2)[], array['x1f']::varbit[]
'{12}'::bit(3)[]
array[b'1']::text[], (array[b'10', b'11'])[2], b'1' = any(array[b'1', b'0']), array[b'1'] || b'0'
to_jsonb(b'101'), jsonb_build_object('a', b'1'::varbit), jsonb_agg(b'10')
"bit"(5, 3), "bit"(5::int8, 70), "bit"(b'101', 2, true), varbit(b'101', 2, true), "bit"(5, 0), "bit"(b'101', -1, true)
"bit"(b'101', 2, false)
"bit"(3, 2147483647), "bit"(b'101', 2147483647, false), varbit(b'101', 2147483641, true)
varbit(b'101', 2, false)
pg_typeof(coalesce(b'1', b'1'::varbit)), pg_typeof(coalesce(b'1'::varbit, b'1')), pg_typeof(b'1'), pg_typeof(array[b'1'])
bit_and(v), bit_or(v), bit_xor(v), pg_typeof(bit_and(v)) from (values (b'110'), (b'011'), (null), (b'011')) t(v)
bit_and(v), bit_or(v), bit_xor(v) from (values (b'110'::varbit), ('011')) t(v)
bit_and(v) from (values (b'110'), (b'01')) t(v)
bit_or(b'1') where false
v, count(*) from (values (b'1'::varbit), ('10'), ('1'), ('01')) t(v) group by v order by v
mode() within group (order by v), count(distinct v), array_agg(v order by v desc) from (values (b'1'), (b'01'), (b'1')) t(v)
format_type(1560, 4), format_type(1560, null), format_type(1560, -1), format_type(1562, 4), format_type(1561, 3)
