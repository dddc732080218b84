-- jsonb: operators, editing, rows of documents
select * from jsonb_array_elements('[1,"a",null,{"b":2}]')
select * from jsonb_array_elements('[1,"a",null,{"b":2}]') e
select e, value from jsonb_array_elements('[1,"a",null]') e
select e.value from jsonb_array_elements('[1,"a",null]') e
select x from jsonb_array_elements('[1,"a",null]') e(x)
select e->>'b' from jsonb_array_elements('[{"b":2}]') as e
select value from jsonb_array_elements_text('[1,"a",null,{"b":2}]') with ordinality
select jsonb_array_elements('{"a":1}')
select jsonb_array_elements('1')
select jsonb_array_elements(null)
select json_array_elements('[1,2]')
select * from jsonb_each('{"b":1,"a":[2],"aa":null}')
select key, value from jsonb_each_text('{"b":1,"a":[2],"aa":null,"s":"x"}') as t
select * from jsonb_each('{"b":1}') as t(k,v)
select * from jsonb_each('{"b":1, "c":2}') with ordinality as t(k,v,n)
select jsonb_each('{"b":1}')
select jsonb_each('[1]')
select jsonb_object_keys('{"b":1,"a":[2],"aa":null}')
select * from jsonb_object_keys('{"b":1,"a":[2],"aa":null}') k
select jsonb_object_keys('[1]')
select jsonb_object_keys('1')
select * from jsonb_to_record('{"a":1,"b":[1,2,3],"c":"bar","d":"x"}') as x(a int, b int[], c text, r jsonb)
select * from jsonb_to_recordset('[{"a":1,"b":"foo"}, {"a":"2","c":"bar"}]') as x(a int, b text)
select * from jsonb_to_recordset('[{"a":1,"b":"2024-01-01"}]') as x(a numeric, b date)
select * from jsonb_to_recordset('{"a":1}') as x(a int)
select * from jsonb_to_recordset('[1]') as x(a int)
select * from json_to_record('{"a":"x"}') as x(a int)
select * from (values ('{"a":[1,2]}'::jsonb), ('{"a":[3]}')) v(j), jsonb_array_elements(j->'a') e
select v.j->'id', e.value from (values ('{"id":7,"a":[1,2]}'::jsonb), ('{"id":8,"a":[]}')) v(j) cross join lateral jsonb_array_elements(v.j->'a') as e
jsonb_set_lax('{"a":1}', '{a}', null)
jsonb_set_lax('{"a":1}', '{a}', null, true, 'delete_key')
jsonb_set_lax('{"a":1}', '{a}', null, true, 'return_target')
jsonb_set_lax('{"a":1}', '{a}', null, true, 'raise_exception')
jsonb_set_lax('{"a":1}', '{a}', null, true, 'foo')
jsonb_set('{"a":[1,{"b":2}]}', '{a,1,b}', '5')
jsonb_set('{"a":[1,{"b":2}]}', '{a,-1,c}', '5')
jsonb_set('[1,2]', '{5}', '9')
jsonb_set('[1,2]', '{-5}', '9')
jsonb_set('[1,2]', '{x}', '9')
jsonb_insert('{"a":[0,1,2]}', '{a,1}', '"n"')
jsonb_insert('{"a":[0,1,2]}', '{a,1}', '"n"', true)
jsonb_insert('{"a":1}', '{a}', '2')
'{"a":[1,2]}'::jsonb #- '{a,0}'
'{"a":{"b":1}}'::jsonb #> '{a,b}'
'{"a":{"b":1}}'::jsonb #>> '{a}'
'[1,[2,3]]'::jsonb #> '{1,-1}'
'{"a":1}'::jsonb || '{"b":2}'
'[1]'::jsonb || '2'
'1'::jsonb || '2'
'{"a":1}'::jsonb || '[2]'
'{"a":1,"b":2}'::jsonb - 'a'
'["a","b"]'::jsonb - 'a'
'{"a":1,"b":2}'::jsonb - array['a','b']
'[1,2,3]'::jsonb - 1
'[1,2,3]'::jsonb - -1
'{"a":1}'::jsonb ? 'a'
'["a"]'::jsonb ? 'a'
'"a"'::jsonb ? 'a'
'{"a":1,"b":2}'::jsonb ?| array['c','b']
'{"a":1,"b":2}'::jsonb ?& array['a','b']
('{"a":[1,2]}'::jsonb)['a'][1]
('[1,2]'::jsonb)[-1]
json_typeof('[]')
json_array_length('[1,2]')
json_extract_path_text('{"a":{"b":"c"}}', 'a', 'b')
jsonb_pretty('{"a":[1,{}],"b":{}}')
jsonb_strip_nulls('{"a":null,"b":[null,{"c":null}]}')
'1.0'::jsonb = '1'::jsonb
'{"a":1}'::jsonb = '{"a":1.0}'::jsonb
'{"a":1}'::jsonb < '{"a":2}'::jsonb
'[]'::jsonb < 'null'::jsonb
'1e3'::jsonb
'"\u00e9\ud83d\ude00"'::jsonb
'"\u0000"'::jsonb
'"\ud83d"'::jsonb
to_jsonb('a'::text)
to_jsonb(1.50)
to_jsonb(array[1,null])
to_jsonb(row(1,'a'))
to_jsonb(interval '1 day')
to_jsonb('2024-01-01 10:00+02'::timestamptz)
to_jsonb('infinity'::timestamp)
to_jsonb('NaN'::float8)
to_jsonb('\x01'::bytea)
jsonb_build_object('a', 1, 'b', array[1,2], 'c', null)
jsonb_build_object(null, 1)
jsonb_build_object('a')
jsonb_build_array(1,'a',null,true,1.5,'{"x":1}'::jsonb)
('{"a":"5"}'::jsonb->'a')::text
('5'::jsonb)::int
('5.7'::jsonb)::int
('"5"'::jsonb)::int
('true'::jsonb)::bool
('null'::jsonb)::int
