/** The name that was probably meant: the nearest one, when few letters differ. */
export function nearest<T>(
  name: string,
  candidates: Iterable<T>,
  nameOf: (candidate: T) => string,
): T | undefined {
  if (name.length < 3) return undefined
  const most = Math.floor(name.length / 3)
  let best: T | undefined
  let least = most + 1
  for (const candidate of candidates) {
    const other = nameOf(candidate)
    if (Math.abs(other.length - name.length) >= least) continue
    const d = distance(other, name)
    if (d < least) {
      best = candidate
      least = d
    }
  }
  return best
}

/** Letters inserted, deleted, replaced, or swapped with their neighbour. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let d = Math.min(change, row[j]! + 1, next[j - 1]! + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        d = Math.min(d, before[j - 2]! + 1)
      next.push(d)
    }
    before = row
    row = next
  }
  return row[b.length]!
}
