-- Aggregates over a table of edge values: SELECTs as they stand, the first lines make the table
create table t (k int, i2 smallint, i4 int, i8 bigint, n numeric, f4 real, f8 double precision, b bool, s text, y bytea, d date, ts timestamp, tz timestamptz, iv interval, j jsonb, a int[])
insert into t values (1, 1, 10, 100, 1.50, 1.5, 2.25, true, 'a', '\x01', '2024-01-01', '2024-01-01 10:00', '2024-01-01 10:00+00', '1 day', '{"a":1}', '{1,2}')
insert into t values (1, 2, 20, -100, 2.5, 2.5, -1e10, false, 'b', '\x02', '2024-01-02', '2024-01-02 10:00', '2024-01-02 10:00+00', '1 mon', '[1,2]', '{3,4}')
insert into t values (1, -3, 2147483647, 9223372036854775807, -1000000.123456, 0.1, 1e-10, true, 'ab😀', '\x', '0001-01-01', '0001-01-01 10:00', '0001-01-01 10:00+00', '-1 day 2 hours', 'null', '{5,6}')
insert into t values (2, 7, 5, 3, 'NaN', 'NaN', 'Infinity', null, '', null, 'infinity', 'infinity', 'infinity', '0', '"x"', '{}')
insert into t values (2, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)
insert into t values (3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)
insert into t values (4, 1, 1, 1, 1, 1, 1, false, 'x', 'x', '2024-01-01', '2024-01-01 10:00', '2024-01-01 10:00+00', '1 day', '{"a":1}', '{1,2}')
select k, count(i2) from t group by k
select count(distinct i4) from t
select k, count(n) from t group by k
select count(distinct f4) from t
select k, count(b) from t group by k
select count(distinct s) from t
select k, count(d) from t group by k
select count(distinct ts) from t
select k, count(iv) from t group by k
select count(distinct j) from t
select k, sum(i2) from t group by k
select sum(distinct i4) from t
select k, sum(n) from t group by k
select sum(distinct f4) from t
select k, sum(b) from t group by k
select sum(distinct s) from t
select k, sum(d) from t group by k
select sum(distinct ts) from t
select k, sum(iv) from t group by k
select sum(distinct j) from t
select k, avg(i2) from t group by k
select avg(distinct i4) from t
select k, avg(n) from t group by k
select avg(distinct f4) from t
select k, avg(b) from t group by k
select avg(distinct s) from t
select k, avg(d) from t group by k
select avg(distinct ts) from t
select k, avg(iv) from t group by k
select avg(distinct j) from t
select k, min(i2) from t group by k
select min(distinct i4) from t
select k, min(n) from t group by k
select min(distinct f4) from t
select k, min(b) from t group by k
select min(distinct s) from t
select k, min(d) from t group by k
select min(distinct ts) from t
select k, min(iv) from t group by k
select min(distinct j) from t
select k, max(i2) from t group by k
select max(distinct i4) from t
select k, max(n) from t group by k
select max(distinct f4) from t
select k, max(b) from t group by k
select max(distinct s) from t
select k, max(d) from t group by k
select max(distinct ts) from t
select k, max(iv) from t group by k
select max(distinct j) from t
select k, bool_and(i2) from t group by k
select bool_and(distinct i4) from t
select k, bool_and(n) from t group by k
select bool_and(distinct f4) from t
select k, bool_and(b) from t group by k
select bool_and(distinct s) from t
select k, bool_and(d) from t group by k
select bool_and(distinct ts) from t
select k, bool_and(iv) from t group by k
select bool_and(distinct j) from t
select k, bool_or(i2) from t group by k
select bool_or(distinct i4) from t
select k, bool_or(n) from t group by k
select bool_or(distinct f4) from t
select k, bool_or(b) from t group by k
select bool_or(distinct s) from t
select k, bool_or(d) from t group by k
select bool_or(distinct ts) from t
select k, bool_or(iv) from t group by k
select bool_or(distinct j) from t
select k, every(i2) from t group by k
select every(distinct i4) from t
select k, every(n) from t group by k
select every(distinct f4) from t
select k, every(b) from t group by k
select every(distinct s) from t
select k, every(d) from t group by k
select every(distinct ts) from t
select k, every(iv) from t group by k
select every(distinct j) from t
select k, bit_and(i2) from t group by k
select bit_and(distinct i4) from t
select k, bit_and(n) from t group by k
select bit_and(distinct f4) from t
select k, bit_and(b) from t group by k
select bit_and(distinct s) from t
select k, bit_and(d) from t group by k
select bit_and(distinct ts) from t
select k, bit_and(iv) from t group by k
select bit_and(distinct j) from t
select k, bit_or(i2) from t group by k
select bit_or(distinct i4) from t
select k, bit_or(n) from t group by k
select bit_or(distinct f4) from t
select k, bit_or(b) from t group by k
select bit_or(distinct s) from t
select k, bit_or(d) from t group by k
select bit_or(distinct ts) from t
select k, bit_or(iv) from t group by k
select bit_or(distinct j) from t
select k, bit_xor(i2) from t group by k
select bit_xor(distinct i4) from t
select k, bit_xor(n) from t group by k
select bit_xor(distinct f4) from t
select k, bit_xor(b) from t group by k
select bit_xor(distinct s) from t
select k, bit_xor(d) from t group by k
select bit_xor(distinct ts) from t
select k, bit_xor(iv) from t group by k
select bit_xor(distinct j) from t
select k, stddev(i2) from t group by k
select stddev(distinct i4) from t
select k, stddev(n) from t group by k
select stddev(distinct f4) from t
select k, stddev(b) from t group by k
select stddev(distinct s) from t
select k, stddev(d) from t group by k
select stddev(distinct ts) from t
select k, stddev(iv) from t group by k
select stddev(distinct j) from t
select k, stddev_pop(i2) from t group by k
select stddev_pop(distinct i4) from t
select k, stddev_pop(n) from t group by k
select stddev_pop(distinct f4) from t
select k, stddev_pop(b) from t group by k
select stddev_pop(distinct s) from t
select k, stddev_pop(d) from t group by k
select stddev_pop(distinct ts) from t
select k, stddev_pop(iv) from t group by k
select stddev_pop(distinct j) from t
select k, stddev_samp(i2) from t group by k
select stddev_samp(distinct i4) from t
select k, stddev_samp(n) from t group by k
select stddev_samp(distinct f4) from t
select k, stddev_samp(b) from t group by k
select stddev_samp(distinct s) from t
select k, stddev_samp(d) from t group by k
select stddev_samp(distinct ts) from t
select k, stddev_samp(iv) from t group by k
select stddev_samp(distinct j) from t
select k, variance(i2) from t group by k
select variance(distinct i4) from t
select k, variance(n) from t group by k
select variance(distinct f4) from t
select k, variance(b) from t group by k
select variance(distinct s) from t
select k, variance(d) from t group by k
select variance(distinct ts) from t
select k, variance(iv) from t group by k
select variance(distinct j) from t
select k, var_pop(i2) from t group by k
select var_pop(distinct i4) from t
select k, var_pop(n) from t group by k
select var_pop(distinct f4) from t
select k, var_pop(b) from t group by k
select var_pop(distinct s) from t
select k, var_pop(d) from t group by k
select var_pop(distinct ts) from t
select k, var_pop(iv) from t group by k
select var_pop(distinct j) from t
select k, var_samp(i2) from t group by k
select var_samp(distinct i4) from t
select k, var_samp(n) from t group by k
select var_samp(distinct f4) from t
select k, var_samp(b) from t group by k
select var_samp(distinct s) from t
select k, var_samp(d) from t group by k
select var_samp(distinct ts) from t
select k, var_samp(iv) from t group by k
select var_samp(distinct j) from t
select k, array_agg(i2 order by k, i4, s) from t group by k
select array_agg(i2 order by i2) from t
select k, array_agg(i4 order by k, i4, s) from t group by k
select array_agg(i4 order by i4) from t
select k, array_agg(i8 order by k, i4, s) from t group by k
select array_agg(i8 order by i8) from t
select k, array_agg(n order by k, i4, s) from t group by k
select array_agg(n order by n) from t
select k, array_agg(f4 order by k, i4, s) from t group by k
select array_agg(f4 order by f4) from t
select k, array_agg(f8 order by k, i4, s) from t group by k
select array_agg(f8 order by f8) from t
select k, array_agg(b order by k, i4, s) from t group by k
select array_agg(b order by b) from t
select k, array_agg(s order by k, i4, s) from t group by k
select array_agg(s order by s) from t
select k, array_agg(y order by k, i4, s) from t group by k
select array_agg(y order by y) from t
select k, array_agg(d order by k, i4, s) from t group by k
select array_agg(d order by d) from t
select k, array_agg(ts order by k, i4, s) from t group by k
select array_agg(ts order by ts) from t
select k, array_agg(tz order by k, i4, s) from t group by k
select array_agg(tz order by tz) from t
select k, array_agg(iv order by k, i4, s) from t group by k
select array_agg(iv order by iv) from t
select k, array_agg(j order by k, i4, s) from t group by k
select array_agg(j order by j) from t
select k, array_agg(a order by k, i4, s) from t group by k
select array_agg(a order by a) from t
select k, jsonb_agg(i2 order by k, i4, s) from t group by k
select jsonb_agg(i2 order by i2) from t
select k, jsonb_agg(i4 order by k, i4, s) from t group by k
select jsonb_agg(i4 order by i4) from t
select k, jsonb_agg(i8 order by k, i4, s) from t group by k
select jsonb_agg(i8 order by i8) from t
select k, jsonb_agg(n order by k, i4, s) from t group by k
select jsonb_agg(n order by n) from t
select k, jsonb_agg(f4 order by k, i4, s) from t group by k
select jsonb_agg(f4 order by f4) from t
select k, jsonb_agg(f8 order by k, i4, s) from t group by k
select jsonb_agg(f8 order by f8) from t
select k, jsonb_agg(b order by k, i4, s) from t group by k
select jsonb_agg(b order by b) from t
select k, jsonb_agg(s order by k, i4, s) from t group by k
select jsonb_agg(s order by s) from t
select k, jsonb_agg(y order by k, i4, s) from t group by k
select jsonb_agg(y order by y) from t
select k, jsonb_agg(d order by k, i4, s) from t group by k
select jsonb_agg(d order by d) from t
select k, jsonb_agg(ts order by k, i4, s) from t group by k
select jsonb_agg(ts order by ts) from t
select k, jsonb_agg(tz order by k, i4, s) from t group by k
select jsonb_agg(tz order by tz) from t
select k, jsonb_agg(iv order by k, i4, s) from t group by k
select jsonb_agg(iv order by iv) from t
select k, jsonb_agg(j order by k, i4, s) from t group by k
select jsonb_agg(j order by j) from t
select k, jsonb_agg(a order by k, i4, s) from t group by k
select jsonb_agg(a order by a) from t
select k, covar_pop(f8,i4) from t group by k
select covar_pop(i2,i4) from t where k in (1,4)
select k, covar_pop(i2,i8) from t group by k
select covar_pop(f4,i2) from t where k in (1,4)
select k, covar_samp(f8,i4) from t group by k
select covar_samp(i2,i4) from t where k in (1,4)
select k, covar_samp(i2,i8) from t group by k
select covar_samp(f4,i2) from t where k in (1,4)
select k, corr(f8,i4) from t group by k
select corr(i2,i4) from t where k in (1,4)
select k, corr(i2,i8) from t group by k
select corr(f4,i2) from t where k in (1,4)
select k, regr_count(f8,i4) from t group by k
select regr_count(i2,i4) from t where k in (1,4)
select k, regr_count(i2,i8) from t group by k
select regr_count(f4,i2) from t where k in (1,4)
select k, regr_avgx(f8,i4) from t group by k
select regr_avgx(i2,i4) from t where k in (1,4)
select k, regr_avgx(i2,i8) from t group by k
select regr_avgx(f4,i2) from t where k in (1,4)
select k, regr_avgy(f8,i4) from t group by k
select regr_avgy(i2,i4) from t where k in (1,4)
select k, regr_avgy(i2,i8) from t group by k
select regr_avgy(f4,i2) from t where k in (1,4)
select k, regr_sxx(f8,i4) from t group by k
select regr_sxx(i2,i4) from t where k in (1,4)
select k, regr_sxx(i2,i8) from t group by k
select regr_sxx(f4,i2) from t where k in (1,4)
select k, regr_syy(f8,i4) from t group by k
select regr_syy(i2,i4) from t where k in (1,4)
select k, regr_syy(i2,i8) from t group by k
select regr_syy(f4,i2) from t where k in (1,4)
select k, regr_sxy(f8,i4) from t group by k
select regr_sxy(i2,i4) from t where k in (1,4)
select k, regr_sxy(i2,i8) from t group by k
select regr_sxy(f4,i2) from t where k in (1,4)
select k, regr_slope(f8,i4) from t group by k
select regr_slope(i2,i4) from t where k in (1,4)
select k, regr_slope(i2,i8) from t group by k
select regr_slope(f4,i2) from t where k in (1,4)
select k, regr_intercept(f8,i4) from t group by k
select regr_intercept(i2,i4) from t where k in (1,4)
select k, regr_intercept(i2,i8) from t group by k
select regr_intercept(f4,i2) from t where k in (1,4)
select k, regr_r2(f8,i4) from t group by k
select regr_r2(i2,i4) from t where k in (1,4)
select k, regr_r2(i2,i8) from t group by k
select regr_r2(f4,i2) from t where k in (1,4)
select string_agg(s, ',' order by s) from t
select k, string_agg(s, k::text order by i4) from t group by k
select string_agg(y, '\x2c' order by y) from t
select string_agg(s, null order by s) from t
select jsonb_object_agg(s, i4) from t where s is not null
select jsonb_object_agg(i4, s) from t
select jsonb_object_agg(k, s order by i4) from t where i4 is not null
select jsonb_object_agg_unique(k, s) from t
select jsonb_object_agg_strict(k, i2) from t where k<>2
select jsonb_agg_strict(i2 order by i2) from t
select jsonb_agg(t.s order by i4) from t
select array_agg(distinct k order by k desc) from t
select array_agg(i4 order by i4 desc nulls last) filter (where k<3) from t
select string_agg(distinct s, ',' order by s) from t
select string_agg(distinct s, ',') from t where k=4
select sum(1) from t where false
select array_agg(1) from t where false
select bool_and(b), every(b) from t
select max(ROW(k,i4)) from t where i4 is not null
select string_agg(s) from t
select sum(b) from t
select array_agg(array[k]) from t where k=1
select json_agg(i4 order by i4) from t
select xmlagg(s) from t
select variance(1e300::float8) from t
select corr(f8, f8) from t where k = 1
select range_agg(i4) from t
