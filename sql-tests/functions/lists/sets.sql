-- Set-returning functions in the select list and in FROM
SELECT regexp_matches('foobarbequebaz', 'ba.', 'g')
SELECT 1, regexp_matches('abc', 'b')
SELECT * FROM regexp_matches('abcabc', '(b)(c)?', 'g')
SELECT * FROM regexp_matches('abcabc', '(b)(c)?', 'g') with ordinality as m(x, n)
SELECT * FROM regexp_split_to_table('the quick brown fox', '\s+')
SELECT regexp_split_to_table('a,b,,c', ',')
SELECT * FROM string_to_table('a~^~b~^~', '~^~', '')
SELECT * FROM string_to_table('abc', NULL)
SELECT * FROM unnest(array[1,2], array['a','b','c']) as t(a,b)
SELECT * FROM unnest(array[1,2], array['a','b','c']) with ordinality
SELECT * FROM rows from (generate_series(1,2), unnest(array['a','b','c'])) as t(a,b)
SELECT * FROM upper('a')
SELECT * FROM upper('a') as u
SELECT * FROM abs(-1) as u(x)
SELECT u FROM abs(-1) as u
SELECT x+1 FROM generate_series(1,3) x
SELECT g.g FROM generate_series(1,3) g
SELECT unnest(array[[1,2],[3,4]])
SELECT generate_subscripts(array[5,6,7], 1)
SELECT generate_subscripts(array[[5,6,7],[1,2,3]], 2, true)
SELECT generate_series(1,3), generate_series(1,2)
SELECT generate_series('2024-01-01'::date, '2024-01-03', '1 day')
SELECT generate_series('2024-01-01'::timestamp, '2024-03-03', '1 month')
SELECT generate_series(1.0, 2, 0.3)
SELECT generate_series(3, 1, -1)
SELECT generate_series(1, 5, 0)
SELECT generate_series(1, NULL)
SELECT generate_series(1, 5, NULL)
SELECT generate_series(2147483646, 2147483647)
SELECT generate_series(9223372036854775806, 9223372036854775807)
SELECT count(*) FROM generate_series(1,1000) g, unnest(array[g, g+1]) u
SELECT * from (values (1),(2)) v(x), generate_series(1, x) y
SELECT * from (values (1),(2)) v(x) left join generate_series(1, 2) y on y = x
SELECT generate_series(1,3) + 1
SELECT unnest(ARRAY[]::int[])
SELECT unnest(NULL::int[])
setseed(0.25)
random()
random() + random()
setseed(-1)
random()
