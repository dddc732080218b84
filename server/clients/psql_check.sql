\set ON_ERROR_STOP off
\pset format aligned
CREATE TABLE ps (k int PRIMARY KEY, v varchar, at timestamptz);
INSERT INTO ps VALUES (1, 'one', '2024-02-29 12:00:00+00'), (2, NULL, NULL) RETURNING k, v;
CREATE MATERIALIZED VIEW ps_count AS SELECT count(*) AS n FROM ps;
\di
\d ps
\d ps_count
\du
\dt
\dm
\x on
SELECT * FROM ps WHERE k = 1;
\x off
\set key 2
SELECT k, v IS NULL AS nothing FROM ps WHERE k = :key;
PREPARE one(int) AS SELECT v FROM ps WHERE k = $1;
EXECUTE one(1);
DEALLOCATE one;
\set FETCH_COUNT 3
SELECT i FROM generate_series(1, 7) AS g(i);
\unset FETCH_COUNT
SELECT 1 AS a \gset
\echo :a
SELECT format('SELECT %s AS made', i) FROM generate_series(1, 2) AS g(i) \gexec
SELECT k, v, k FROM ps ORDER BY k \crosstabview 1 2 3
SELECT nope FROM ps;
SELEC 1;
BEGIN;
SELECT 1 / 0;
SELECT 1;
ROLLBACK;
SELECT n FROM ps_count;
SET statement_timeout = '200ms';
SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b;
RESET statement_timeout;
SELECT k FROM ps ORDER BY k; SELECT 'second' AS of_two;
SELECT k, v, at FROM ps \gdesc
CREATE TABLE ps_child (p int REFERENCES ps ON DELETE CASCADE);
\d ps_child
\d ps
DROP TABLE ps CASCADE;
