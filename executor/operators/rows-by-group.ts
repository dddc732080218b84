/** Row ids by group; those of group g are ids[starts[g] .. starts[g + 1]), in the order in which they came. */
export interface RowsByGroup {
  readonly ids: Int32Array
  readonly starts: Int32Array
}

/** `groupOfRow`: the group of each row, below `count`. */
export function rowsByGroup(groupOfRow: Int32Array, count: number): RowsByGroup {
  const starts = new Int32Array(count + 1)
  for (const group of groupOfRow) starts[group + 1] = starts[group + 1]! + 1
  for (let group = 0; group < count; group++) starts[group + 1] = starts[group + 1]! + starts[group]!
  const next = starts.slice(0, count)
  const ids = new Int32Array(groupOfRow.length)
  for (let row = 0; row < ids.length; row++) {
    const group = groupOfRow[row]!
    ids[next[group]!] = row
    next[group] = next[group]! + 1
  }
  return { ids, starts }
}
