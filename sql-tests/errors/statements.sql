SELECT nope FROM t
SELECT t.nope FROM t
SELECT x.a FROM t
SELECT a FROM t, u
SELECT * FROM t JOIN u USING (b)
SELECT * FROM nope
SELECT * FROM nope.t
SELECT lower(1, 2)
SELECT nofunc(1)
SELECT a + 'x' FROM t
SELECT b + 1 FROM t
SELECT 1 +
SELECT 1 1
SELECT FROM WHERE
SELEC 1
SELECT 'abc
SELECT "abc
SELECT 1 / 0
SELECT 2147483647 + 1
SELECT 'x'::int
SELECT '99999999999'::int
SELECT 99999999999::int
SELECT 'x'::date
SELECT '2024-13-01'::date
SELECT 'maybe'::bool
SELECT '{1,x}'::int[]
SELECT '{'::jsonb
SELECT a, count(*) FROM t
SELECT a FROM t GROUP BY b
SELECT a FROM t WHERE count(*) > 1
SELECT sum(count(*)) FROM t
SELECT a FROM t ORDER BY 5
SELECT a FROM t GROUP BY 5
SELECT a FROM t HAVING b = 'x'
SELECT * FROM t WHERE a
SELECT * FROM t WHERE b = 1
SELECT * FROM t LIMIT -1
SELECT * FROM t LIMIT 'x'
SELECT 1 UNION SELECT 'x'
SELECT 1 UNION SELECT 1, 2
SELECT (SELECT 1, 2)
SELECT (SELECT a FROM t UNION ALL SELECT 1 UNION ALL SELECT 2)
SELECT * FROM (SELECT 1)
SELECT CASE WHEN 1 THEN 2 END
SELECT CASE WHEN true THEN 1 ELSE 'x' END
SELECT 1 IN (1, 'x')
SELECT ARRAY[1, 'x']
INSERT INTO t VALUES (1)
INSERT INTO t VALUES (1, 'a', 2, 3)
INSERT INTO t (a, nope) VALUES (1, 2)
INSERT INTO t (a, a) VALUES (1, 2)
INSERT INTO t VALUES ('x', 'a', 2)
INSERT INTO t (a, b) VALUES (1, 'a')
INSERT INTO t VALUES (NULL, 'a', 2)
INSERT INTO nope VALUES (1)
UPDATE t SET nope = 1
UPDATE t SET a = 'x'
UPDATE t SET c = NULL WHERE false
DELETE FROM t WHERE nope = 1
DELETE FROM nope
CREATE TABLE t (a int)
CREATE TABLE w (a int, a int)
CREATE TABLE w (a nope)
CREATE TABLE w (a int PRIMARY KEY, b int PRIMARY KEY)
DROP TABLE nope
DROP VIEW t
DROP TABLE v
DROP TABLE t
DROP SCHEMA nope
CREATE VIEW v AS SELECT 1
CREATE VIEW w AS SELECT nope FROM t
SELECT * FROM t AS x WHERE t.a = 1
SELECT row_number() FROM t
SELECT sum(a) OVER (PARTITION BY nope) FROM t
SELECT nope.*
SELECT *
SELECT t.* FROM u
SELECT DISTINCT ON (a) b FROM t ORDER BY b
SELECT a AS x FROM t WHERE x = 1
SELECT extract(nope FROM now())
SELECT date_trunc('nope', now())
SELECT now() AT TIME ZONE 'Nowhere'
SET nope = 1
SHOW nope
SET timezone = 'Nowhere'
SELECT substring('abc' FROM 1 FOR -1)
SELECT sqrt(-1)
SELECT ln(0)
SELECT power(0, -1)
SELECT repeat('a', -1), chr(0)
SELECT to_char(1)
SELECT 'a' LIKE 'a' ESCAPE 'xx'
SELECT 'a' ~ '('
SELECT NOT 1
SELECT -'x'
SELECT 1 AND true
SELECT 1::nope
SELECT (1, 2) = (1, 2, 3)
SELECT 1 = ANY (1)
SELECT EXISTS (SELECT nope FROM t)
WITH x AS (SELECT 1) SELECT * FROM y
WITH x AS (SELECT 1), x AS (SELECT 2) SELECT * FROM x
WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a
WITH a AS (SELECT * FROM a) SELECT 1
WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT * FROM a) SELECT * FROM a
SELECT * FROM t, t
SELECT * FROM t CROSS JOIN u ON true
SELECT coalesce()
SELECT sum(b) FROM t
SELECT max(DISTINCT a, b) FROM t
PREPARE p AS SELECT nope
EXECUTE nope
DEALLOCATE nope
FETCH nope
CLOSE nope
SELECT $1
VALUES (1), (1, 2)
VALUES (1), ('x')
TABLE nope
CREATE INDEX i ON t (nope)
CREATE INDEX i ON nope (a)
SELECT U&'no: \12'
SELECT E'no: \u12'
SELECT E'no: \ud83dx'
SELECT E'no: \xff'
SELECT E'no: \U00111111'
SELECT '"\x0"'::jsonpath
SELECT '"\u{110000}"'::jsonpath
SELECT '$."\u12"'::jsonpath
SELECT '$."one \ud83d\ud83d"'::jsonpath
SELECT '$."one \ud83d more"'::jsonpath
SELECT '"no \x00"'::jsonpath
SELECT '"open'::jsonpath
SELECT rank(a) WITHIN GROUP (ORDER BY a) FROM t
SELECT 1 AS a UNION SELECT 2 ORDER BY b
SELECT 1 AS a UNION SELECT 2 ORDER BY a + 1
VALUES (1), (2) ORDER BY x
INSERT INTO child VALUES (3)
UPDATE child SET "C" = 'none'
DELETE FROM parent
DELETE FROM parent WHERE id = 2
UPDATE parent SET id = 5 WHERE id = 1
UPDATE parent SET code = NULL WHERE id = 2
DROP TABLE parent
TRUNCATE parent
ALTER TABLE parent DROP CONSTRAINT parent_pkey
ALTER TABLE parent DROP CONSTRAINT parent_code_key
ALTER TABLE parent DROP COLUMN code
ALTER TABLE child ADD FOREIGN KEY (b) REFERENCES parent
ALTER TABLE child ADD FOREIGN KEY (b) REFERENCES parent (x)
ALTER TABLE child ADD FOREIGN KEY (b) REFERENCES parent (nope)
ALTER TABLE child ADD FOREIGN KEY (nope) REFERENCES parent
ALTER TABLE child ADD FOREIGN KEY ("C") REFERENCES parent
ALTER TABLE child ADD FOREIGN KEY (a, b) REFERENCES parent
ALTER TABLE child ADD FOREIGN KEY (b) REFERENCES child
ALTER TABLE child ADD FOREIGN KEY (b) REFERENCES nope
ALTER TABLE child ADD FOREIGN KEY (b) REFERENCES v (a)
ALTER TABLE child ADD CONSTRAINT code FOREIGN KEY (b) REFERENCES parent
ALTER TABLE child ADD FOREIGN KEY (b) REFERENCES parent ON UPDATE SET NULL (b)
ALTER TABLE child ADD FOREIGN KEY (b) REFERENCES parent ON DELETE SET NULL (a)
ALTER TABLE child ADD FOREIGN KEY (b) REFERENCES parent NOT DEFERRABLE INITIALLY DEFERRED
ALTER TABLE child ALTER CONSTRAINT nope DEFERRABLE
ALTER TABLE child VALIDATE CONSTRAINT nope
SET CONSTRAINTS nope DEFERRED
SET CONSTRAINTS code DEFERRED
SELECT '{"a":1,}'::json
SELECT '[1 2]'::jsonb
SELECT '{1:2}'::json
SELECT '1 2'::json
SELECT '01'::json
SELECT '"\x"'::json
SELECT '"\u12g4"'::jsonb
SELECT '{"a":"\u0000"}'::jsonb
SELECT '{"a":"\u0000"}'::json ->> 'a'
SELECT '{"a":"\ud83d"}'::json ->> 'a'
SELECT x FROM (SELECT '1'::json AS x) s GROUP BY x
SELECT DISTINCT x FROM (SELECT '1'::json AS x) s
SELECT DISTINCT ON (x) x FROM (SELECT '1'::json AS x) s
SELECT x FROM (SELECT '1'::json AS x) s ORDER BY x
SELECT x FROM (SELECT '1'::json AS x) s UNION SELECT '2'
SELECT count(DISTINCT x) FROM (SELECT '1'::json AS x) s
SELECT min(x) FROM (SELECT '1'::json AS x) s
SELECT rank() OVER (ORDER BY x) FROM (SELECT '1'::json AS x) s
SELECT rank() OVER (PARTITION BY x) FROM (SELECT '1'::json AS x) s
SELECT '1'::json = '1'::json
SELECT '1'::json IN ('2'::json)
SELECT '1'::json IS DISTINCT FROM '1'::json
SELECT ARRAY['1'::json] = ARRAY['1'::json]
SELECT greatest('1'::json, '2'::json)
SELECT nullif('1'::json, '2'::json)
SELECT '1'::json::int
SELECT ('{"a":1}'::json)['a']
CREATE TABLE js (j json PRIMARY KEY)
CREATE TABLE js (a int, j json, UNIQUE (a, j))
SELECT json_build_object('a')
SELECT json_build_object(NULL, 1)
SELECT json_build_object(ROW(1), 1)
SELECT json_object('{a}')
SELECT json_array_length('{}')
SELECT json_each('1')
SELECT json_array_elements('{}')
SELECT json_object_keys('[]')
SELECT * FROM json_to_record('[1]') AS r(a int)
SELECT * FROM json_to_record('{"a":{"b":1}}') AS r(a int[])
SELECT row_to_json(1)
SELECT jsonb_typeof('1'::json)
