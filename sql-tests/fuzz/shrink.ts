import type { Case, View } from './case.ts'
import { split } from './dml.ts'
import { render, smaller } from './tree.ts'

/** Smallest case found that still fails, within a number of tries. */
export async function shrink(
  given: Case,
  view: string | undefined,
  fails: (smaller: Case) => Promise<boolean>,
  tries = 250,
): Promise<Case> {
  let best = given
  let left = tries
  const attempt = async (next: Case): Promise<boolean> => {
    if (left-- <= 0 || !(await fails(next))) return false
    best = next
    return true
  }
  if (view !== undefined) await attempt({ ...best, views: needed(best.views, view) })
  await attempt({ ...best, epochs: best.epochs.map(epoch => epoch.flatMap(split)) })
  for (let again = true; again && left > 0; ) {
    again = false
    for (const next of removals(best)) {
      if (!(await attempt(next))) continue
      again = true
      break
    }
  }
  return best
}

/** The view and the views that it names. */
function needed(views: readonly View[], name: string): View[] {
  const view = views.find(other => other.name === name)
  if (view === undefined) return []
  const named = views.filter(other => new RegExp(`\\b${other.name}\\b`).test(render(view.tree, 'weir')))
  return [...new Set([...named.flatMap(other => needed(views, other.name)), view])]
}

function* removals(given: Case): Generator<Case> {
  for (const [i, view] of given.views.entries())
    for (const tree of smaller(view.tree)) {
      const views = given.views.map((other, n) => (n === i ? { ...view, tree } : other))
      yield { ...given, views }
    }
  for (let i = 0; i < given.views.length - 1; i++) yield { ...given, views: given.views.toSpliced(i, 1) }
  for (const [i, epoch] of given.epochs.entries()) {
    const replace = (by: typeof epoch) => ({ ...given, epochs: given.epochs.toSpliced(i, 1, by) })
    if (epoch.length > 3) {
      yield replace(epoch.slice(0, epoch.length / 2))
      yield replace(epoch.slice(epoch.length / 2))
    }
    for (let n = 0; n < epoch.length; n++) {
      yield replace(epoch.toSpliced(n, 1))
      for (const tree of smaller(epoch[n]!)) yield replace(epoch.toSpliced(n, 1, tree))
    }
  }
  for (let i = 0; i < given.tables.length; i++) yield { ...given, tables: given.tables.toSpliced(i, 1) }
}
