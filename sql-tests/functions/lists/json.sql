-- json: texts as given, their parts as they stand, what makes them
'{"b": 1,  "a":2, "b" : 3.10}'::json
' [1 , 2 ]'::json, '1'::json, ' "a" '::json, 'null'::json
json '{"a": 1e5, "b": "\u00e4\n"}'
'{"a": 1}'::json::text, '{"a":  1}'::json::jsonb, '{"b":1,"a":[1.0]}'::jsonb::json
'{"a":1'::json
'{"a":1}}'::json
'{"a" 1}'::json
'[1,]'::json
'{"a":1,}'::json
'{1:2}'::json
'[1 2]'::json
'01'::json
'1.'::json
'-'::json
'1e'::json
'1x'::json
'tru'::json
'"a'::json
'"\x"'::json
'"\u12"'::json
'"\u12g4"'::json
E'"a\tb"'::json
''::json
'  '::json
'{'::json
'['::json
'%'::json
'{"a":1,"a":{"b" : [1 ,2]}}'::json -> 'a', '{"a":null}'::json -> 'a', '{"a":null}'::json ->> 'a', '{"a":1}'::json -> 'b', '[1]'::json -> 'a', '1'::json -> 'a'
'["x", {"a" : 1}, null]'::json -> 1, '["x"]'::json ->> 0, '["x"]'::json -> -1, '["x"]'::json -> 5, '{"0":1}'::json -> 0
'{"a":{"b":1},"a":{"c":2}}'::json #> '{a,b}', '{"a":[1,[2 , 3]]}'::json #> '{a,1}', '{"a":[1,[2,"x"]]}'::json #>> '{a,-1,1}', ' {"a" :1} '::json #> '{}', '[1]'::json #> '{x}'
'{"a":1}'::json #> array['a', null], '{"a":1}'::json -> null::text
'{"a":"\u0000"}'::json ->> 'a'
'{"a":"\ud83d"}'::json ->> 'a'
'{"a":"\ude00"}'::json ->> 'a'
'{"a":"\ud83d\ude00"}'::json ->> 'a', '{"a":"\ud83d\ude00"}'::json -> 'a'
'{"b":"\u0000","a":1}'::json ->> 'a'
json_typeof(' {}'), json_typeof('[]'), json_typeof('"a"'), json_typeof('-1'), json_typeof('true'), json_typeof('null')
json_array_length('[1,{"a":[2,3]},"],["]'), json_array_length('[]')
json_array_length('{}')
json_array_length('1')
json_extract_path('{"a":{"b" : [1,2]}}', 'a', 'b'), json_extract_path_text('{"a":{"b":["x"]}}', 'a', 'b', '0'), json_extract_path('{"a" :1}')
json_strip_nulls('{"a" : null, "b" : [null, {"c" : null}], "d" : 1.0}'), json_strip_nulls('null')
select * from json_each('{"b" : 1, "a":{"x" : null}, "b":"y"}')
select * from json_each_text('{"b" : 1, "a":{"x" : null}, "b":"y", "c":null}')
select json_each('[1]')
select json_each('1')
select * from json_array_elements('[1, {"a" : 2}, null, "x\n"]') with ordinality
select * from json_array_elements_text('[1, {"a" : 2}, null, "x\n"]')
select json_array_elements('{"a":1}')
select json_array_elements_text('1')
select json_object_keys('{"b":1,"a":2,"b":3}')
select json_object_keys('[]')
select json_object_keys('1')
json_object('{a,1,b,null}'), json_object('{a,"b c"}', '{1,null}'), json_object('{}')
json_object('{a}')
json_object('{a,b}', '{1}')
json_object('{a,null}', '{1,2}')
to_json(1), to_json('a"b\'::text), to_json(true), to_json(1.50), to_json('NaN'::float8), to_json('Infinity'::numeric), to_json(null::int), to_json(1e20::float8)
to_json(date '2024-02-29'), to_json(timestamp '2024-02-29 12:00:07.5'), to_json(time '12:00'), to_json(interval '1 day 02:00'), to_json('\x0a'::bytea), to_json('infinity'::timestamp), to_json(date '0044-03-15 BC')
to_json(array[1,null,3]), to_json(array['a','b"c']), to_json('{}'::int[]), to_json(array[[1,2],[3,4]]), to_json('{"a":  1}'::json), to_json('{"a":  1}'::jsonb), to_json(array['{"a":  1}'::json])
to_json(row(1, 'a', null, array[1,2], row(true)))
row_to_json(row(1,'a"b',array[1,2])), row_to_json(row(1,row(2,array[row(1)])), true), row_to_json(row(1), false)
array_to_json(array[1,2]), array_to_json(array[[1,2],[3,4]], true), array_to_json(array[row(1,2),row(3,4)], true), array_to_json('{}'::int[], true)
select row_to_json(t) from (values (1, 'a'), (2, null)) t(id, "na""me")
json_build_array(1, 'a', null, row(1,2), array[1,2], '{"a":  1}'::json, true), json_build_array()
json_build_object('a', 1, 'b', row(1,'x'), 'c', '{"a":  1}'::jsonb, 'd', null), json_build_object(), json_build_object(1, 2, true, 3, date '2024-01-01', 4, 1.50, 5)
json_build_object('a')
json_build_object(null, 1)
json_build_object(row(1), 1)
json_build_object(array[1], 1)
json_build_object('{}'::json, 1)
json_build_object('{}'::jsonb, 1)
json_build_array(variadic array['a','b']), json_build_object(variadic array['a','b'])
select json_agg(x order by x), json_agg(x order by x desc) filter (where x > 1) from (values (1), (2), (10), (null)) t(x)
select json_agg(x order by y) from (values (row(1, 'a'), 1), (row(2, null), 2)) t(x, y)
select json_agg(t order by id) from (values (1, 'a'), (2, null)) t(id, name)
select json_agg(x order by x) from (values (array[1, 2]), (array[3])) t(x)
select json_agg(x order by y) from (values ('{"a":  1}'::json, 1), ('[ ]', 2)) t(x, y)
select json_agg(distinct x) from (values (10), (9), (9), (1)) t(x)
select json_agg(x order by y) from (values (array[1], 1), (null, 2), (array[2], 3)) t(x, y)
select json_agg(x) from (values (1)) t(x) where false
select json_agg(x) from (values (timestamptz '2024-02-29 12:00+02'), ('infinity')) t(x)
select json_object_agg(k, v order by v) from (values ('b', 1), ('a', 2), ('b', 3), ('c', null)) t(k, v)
select json_object_agg(k, v order by k) from (values (1, array[1,2]), (2, null)) t(k, v)
select json_object_agg(k, v) from (values (null, 1)) t(k, v)
select json_object_agg(k, v) from (values (row(1), 1)) t(k, v)
select x, json_agg(y) over (order by x) from (values (1, row(1)), (2, row(2))) t(x, y)
select * from json_to_record('{"a":1,"b":[1,2,3],"c":"bar","r":{"x" : 1}, "j":{"b" : 1, "a":2}}') as x(a int, b int[], c text, r jsonb, j json, z int)
select * from json_to_recordset('[{"a":1,"b":{"x" :1}}, {"a":"2","c":"bar"}]') as x(a int, b text)
select * from json_to_recordset('[{"a":null,"b":"x\ny"}, {}]') as x(a json, b json)
select * from json_to_recordset('{"a":1}') as x(a int)
select * from json_to_recordset('1') as x(a int)
select * from json_to_recordset('[1]') as x(a int)
select * from json_to_record('[1]') as x(a int)
select * from json_to_record('1') as x(a int)
select * from json_to_record('{"a":{"b":1}}') as x(a int[])
select * from json_to_record('{"a":"{1,2}"}') as x(a int[])
'1'::json = '1'::json
'1'::json < '1'::json
'1'::json in ('1'::json, '2'::json)
'1'::json is distinct from '1'::json
'1'::json = any (array['1'::json])
array['1'::json] = array['1'::json]
row('1'::json) = row('1'::json)
nullif('1'::json, '1'::json)
greatest('1'::json, '2'::json)
case '1'::json when '1'::json then 1 end
array_position(array['1'::json], '1'::json)
'1'::json::int
1::json
'{"a":1}'::json || '{"b":1}'::json
'{"a":1}'::json @> '{"b":1}'::json
'{"a":1}'::json ? 'a'
('{"a":1}'::json)['a']
select j from (values ('1'::json)) t(j) group by j
select distinct j from (values ('1'::json)) t(j)
select distinct on (j) j from (values ('1'::json)) t(j)
select j from (values ('1'::json)) t(j) order by j
select j from (values ('1'::json)) t(j) order by 1
select '1'::json union select '2'::json
select '1'::json union all select ' 2'::json
select '1'::json except all select '2'::json
select '1'::json as j union all select '2'::json order by j
select min(j) from (values ('1'::json)) t(j)
select count(distinct j) from (values ('1'::json)) t(j)
select count(j) from (values ('1'::json), (null)) t(j)
select array_agg(j order by j) from (values ('1'::json)) t(j)
select array_agg(j) from (values (' 1'::json)) t(j)
select rank() over (order by j) from (values ('1'::json)) t(j)
select rank() over (partition by j) from (values ('1'::json)) t(j)
select mode() within group (order by j) from (values ('1'::json)) t(j)
select coalesce(null, '{"a":  1}'::json), case when true then '{"a":  1}'::json end
'{"{\"a\":  1}",NULL,[]}'::json[], array['{"a":  1}'::json]::jsonb[], ('{"{\"a\":  1}"}'::json[])[1] -> 'a'
pg_typeof('1'::json), pg_typeof('[1]'::json -> 0), pg_typeof(to_json(1)), pg_typeof(array['1'::json])
octet_length('{"a":  1}'::json::text), quote_literal('{"a":  1}'::json), concat('{"a":  1}'::json, 1), format('%s', '{"a":  1}'::json)
json_object('{{a,1},{b,null}}'), json_object(array[['x','y']]), jsonb_object('{{a,1},{b,null}}'), json_object('{}'), jsonb_object('{}')
json_object('{{a},{b}}')
json_object('{{{a,b}}}')
json_object('{{a,1}}', '{b}')
jsonb_object('{a}', '{{b,1}}')
json_object('{{null,1}}')
select * from json_populate_record(row(1,2), '{"f1":5}') as x(a int, b int)
select * from json_populate_record(null::record, '{"a":5, "b":"xyz"}') as x(a int, b varchar(5))
select * from jsonb_populate_recordset(null::record, '[{"a":5,"b":"x"},{}]') as x(a int, b text)
select * from json_populate_recordset(row(0::int), '[{"a":"1"}]') q (a text, b text)
select * from json_populate_recordset(row(0::int,0::int), '[{"a":"1"}]') q (a text, b text)
json_populate_recordset(null::record, '[{"x": 0}]')
jsonb_set_lax('{"a":1,"b":2}', '{b}', null, null_value_treatment => 'return_target')
jsonb_set_lax('{"a":1,"b":2}', '{b}', null, null_value_treatment => 'delete_key')
