import { PAIR_RESULTS } from './regression.ts'

/** What each aggregate is, in a line. */
const HELP: Readonly<Record<string, string>> = {
  approx_count_distinct: 'number of different values',
  approx_percentile: 'value at a fraction of the ordered values, within a relative error',
  any_value: 'some value',
  arg_max: 'the first argument where the second is greatest',
  arg_min: 'the first argument where the second is least',
  array_agg: 'array of the values',
  avg: 'average',
  bit_and: 'bitwise and of the values',
  bit_or: 'bitwise or of the values',
  bit_xor: 'bitwise exclusive or of the values',
  bool_and: 'true when all values are true',
  bool_or: 'true when some value is true',
  count: 'number of rows, or of values that are not NULL',
  every: 'true when all values are true',
  first_value: 'first value in order',
  json_agg: 'JSON array of the values, as text',
  json_object_agg: 'JSON object of keys and values, as text',
  jsonb_agg: 'JSON array of the values',
  jsonb_object_agg: 'JSON object of keys and values',
  last_value: 'last value in order',
  max: 'greatest value',
  min: 'least value',
  mode: 'most frequent value',
  percentile_cont: 'value at a fraction of the ordered values, between the nearest two',
  percentile_disc: 'first value at or after a fraction of the ordered values',
  regr_count: 'number of pairs without NULL',
  stddev: 'sample standard deviation',
  stddev_pop: 'population standard deviation',
  stddev_samp: 'sample standard deviation',
  string_agg: 'values joined, each after its delimiter',
  sum: 'sum',
  var_pop: 'population variance',
  var_samp: 'sample variance',
  variance: 'sample variance',
}

export function aggregateHelp(name: string): string {
  const known = name.replace(/_unique/, '').replace(/_strict/, '')
  return PAIR_RESULTS[name]?.help ?? HELP[known] ?? ''
}
