import { readFileSync } from 'node:fs'

/** Tables of TPC-H in the order in which they are filled. */
export const tpchTables: Readonly<Record<string, string>> = {
  region: 'r_regionkey int PRIMARY KEY, r_name varchar, r_comment varchar',
  nation: 'n_nationkey int PRIMARY KEY, n_name varchar, n_regionkey int, n_comment varchar',
  supplier: `s_suppkey int PRIMARY KEY, s_name varchar, s_address varchar, s_nationkey int, s_phone varchar,
    s_acctbal numeric, s_comment varchar`,
  part: `p_partkey int PRIMARY KEY, p_name varchar, p_mfgr varchar, p_brand varchar, p_type varchar, p_size int,
    p_container varchar, p_retailprice numeric, p_comment varchar`,
  partsupp: `ps_partkey int, ps_suppkey int, ps_availqty int, ps_supplycost numeric, ps_comment varchar,
    PRIMARY KEY (ps_partkey, ps_suppkey)`,
  customer: `c_custkey int PRIMARY KEY, c_name varchar, c_address varchar, c_nationkey int, c_phone varchar,
    c_acctbal numeric, c_mktsegment varchar, c_comment varchar`,
  orders: `o_orderkey int PRIMARY KEY, o_custkey int, o_orderstatus varchar, o_totalprice numeric, o_orderdate date,
    o_orderpriority varchar, o_clerk varchar, o_shippriority int, o_comment varchar`,
  lineitem: `l_orderkey int, l_partkey int, l_suppkey int, l_linenumber int, l_quantity numeric,
    l_extendedprice numeric, l_discount numeric, l_tax numeric, l_returnflag varchar, l_linestatus varchar,
    l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct varchar, l_shipmode varchar,
    l_comment varchar, PRIMARY KEY (l_orderkey, l_linenumber)`,
}

/** What PostgreSQL is given besides its primary keys: indexes of the foreign keys, as TPC-H allows, and statistics. */
export const postgresIndexes: readonly string[] = [
  'CREATE INDEX ON supplier (s_nationkey)',
  'CREATE INDEX ON partsupp (ps_suppkey)',
  'CREATE INDEX ON customer (c_nationkey)',
  'CREATE INDEX ON orders (o_custkey)',
  'CREATE INDEX ON lineitem (l_partkey, l_suppkey)',
  'CREATE INDEX ON lineitem (l_suppkey)',
  'VACUUM ANALYZE',
]

/** The 22 queries, with the parameters of the validation run. */
export function tpchQueries(): readonly string[] {
  const text = readFileSync(new URL('./queries.sql', import.meta.url), 'utf8')
  return [...text.matchAll(/^(SELECT|WITH) .*(?=; -- q\d+$)/gm)].map(([sql]) => sql)
}
