import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalSql } from './canonical-text.ts'

const cases: readonly (readonly [string, string])[] = [
  ['create table t(v int)', 'CREATE TABLE t (v INT)'],
  [
    'create table t (k int primary key, "B" varchar, at timestamp,\n watermark for at as at - interval \'10\' second) append only',
    'CREATE TABLE t (k INT PRIMARY KEY, "B" CHARACTER VARYING, at TIMESTAMP, WATERMARK FOR at AS at - INTERVAL \'10\' SECOND) APPEND ONLY',
  ],
  [
    'create table t (v struct<v1 int, "V2" struct < v1 int, v2 varchar>>, m map(varchar, struct<a bigint>), i int)',
    'CREATE TABLE t (v STRUCT<v1 INT, "V2" STRUCT<v1 INT, v2 CHARACTER VARYING>>, m map(varchar, STRUCT<a BIGINT>), i INT)',
  ],
  ['create table if not exists t (v int)', 'CREATE TABLE t (v INT)'],
  ['create view V as select Count(*) from t', 'CREATE VIEW V AS SELECT Count(*) FROM t'],
  [
    'create table t (v struct<"A" int, "b B" varchar, C boolean>, W int)',
    'CREATE TABLE t (v STRUCT<"A" INT, "b B" CHARACTER VARYING, C BOOLEAN>, W INT)',
  ],
  [
    'create view v as with l as Changelog From t select * from l',
    'CREATE VIEW v AS WITH l AS changelog from t SELECT * FROM l',
  ],
  [
    'create table t (a string, b timestamp with time zone)',
    'CREATE TABLE t (a CHARACTER VARYING, b TIMESTAMP WITH TIME ZONE)',
  ],
  ['create index idx1 on t3(v1,v2)', 'CREATE INDEX idx1 ON t3(v1, v2)'],
  [
    'create materialized view mv3 as select sum(v1) as sum_v1 from t3 -- all',
    'CREATE MATERIALIZED VIEW mv3 AS SELECT sum(v1) AS sum_v1 FROM t3',
  ],
  [
    "create sink s1 into target as select * from source with (type = 'append-only')",
    "CREATE SINK s1 INTO target AS SELECT * FROM source WITH (type = 'append-only')",
  ],
  [
    'create view v as select "Key", t.key, (a).b, x::int, count(*) from t where x in (1, 2) group by key',
    'CREATE VIEW v AS SELECT "Key", t.key, (a).b, x::INT, count(*) FROM t WHERE x IN (1, 2) GROUP BY key',
  ],
  [
    "create source s (v int) with (connector = 'datagen', fields.v.kind = 'sequence') format plain encode json",
    "CREATE SOURCE s (v INT) WITH (connector = 'datagen', fields.v.kind = 'sequence') FORMAT PLAIN ENCODE JSON",
  ],
]

test('a statement is shown on one line with keywords and types in capitals', () => {
  for (const [written, shown] of cases) assert.equal(canonicalSql(written), shown)
})

test('what is shown is shown the same again', () => {
  for (const [, shown] of cases) assert.equal(canonicalSql(shown), shown)
})
