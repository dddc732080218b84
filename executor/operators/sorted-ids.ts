/** So many rows are sorted, or merged, before other work may get its turn: a few milliseconds. */
const RUN_ROWS = 2048
const MERGED_ROWS = 8192

/** Sorts the ids by a stable merge sort, in place or not; yields between pieces of work and returns the sorted ones. */
export function* sortedIds(
  given: Int32Array,
  compare: (a: number, b: number) => number,
): Generator<void, Int32Array> {
  let from = given
  for (let at = 0; at < from.length; at += RUN_ROWS) {
    from.subarray(at, at + RUN_ROWS).sort(compare)
    yield
  }
  if (from.length <= RUN_ROWS) return from
  let to: Int32Array = new Int32Array(from.length)
  for (let width = RUN_ROWS; width < from.length; width *= 2) {
    for (let at = 0; at < from.length; at += 2 * width)
      yield* merge(
        from,
        to,
        at,
        Math.min(at + width, from.length),
        Math.min(at + 2 * width, from.length),
        compare,
      )
    ;[from, to] = [to, from]
  }
  return from
}

/** Merges from[start..middle) and from[middle..end) into to[start..end). */
function* merge(
  from: Int32Array,
  to: Int32Array,
  start: number,
  middle: number,
  end: number,
  compare: (a: number, b: number) => number,
): Generator<void> {
  if (middle === end || compare(from[middle - 1]!, from[middle]!) <= 0) {
    to.set(from.subarray(start, end), start)
    yield
    return
  }
  let [left, right] = [start, middle]
  for (let at = start; at < end; at++) {
    const takesLeft = right === end || (left < middle && compare(from[left]!, from[right]!) <= 0)
    to[at] = takesLeft ? from[left++]! : from[right++]!
    if ((at & (MERGED_ROWS - 1)) === 0) yield
  }
}
