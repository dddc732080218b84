import type { Case, View } from './case.ts'
import { difference } from './compare.ts'
import { MADE_TYPES } from './data.ts'
import { explained } from './differences.ts'
import { createTable } from './schema.ts'
import type { Answer, Database } from './servers.ts'
import { render, type Tree } from './tree.ts'

export interface Finding {
  /** What went wrong: shrinking keeps it. */
  readonly what: 'refused' | 'accepted' | 'select' | 'view' | 'change' | 'broken'
  readonly view: string | undefined
  readonly detail: string
}

/** Answers that are longer are not compared. */
const ROWS_MAX = 200_000

interface Pair {
  readonly weir: Database
  readonly pg: Database
}

/** Runs the case on both servers; at most one finding a view. */
export async function check(given: Case, pair: Pair): Promise<{ findings: Finding[]; compared: number }> {
  const findings: Finding[] = []
  const report = (finding: Finding) => {
    const view = given.views.find(({ name }) => name === finding.view)
    if (!explained(finding, view === undefined ? '' : queriesOf(view, given.views))) findings.push(finding)
  }
  for (const made of MADE_TYPES) {
    const [mine, theirs] = await both(pair, made, made)
    if ('code' in mine || 'code' in theirs) return { findings: [broken(mine)], compared: 0 }
  }
  for (const table of given.tables) {
    const [mine, theirs] = await both(pair, createTable(table), createTable(table))
    if ('code' in mine || 'code' in theirs) return { findings: [broken(mine)], compared: 0 }
  }
  let compared = 0
  let views: View[] = []
  for (const [n, epoch] of given.epochs.entries()) {
    for (const statement of epoch) {
      const found = await applied(statement, pair)
      if (found === undefined) continue
      report(found)
      return { findings, compared }
    }
    if (n === 0) views = await created(given.views, pair, report)
    for (const view of [...views]) {
      compared++
      const found = await compareView(view, given.views, pair)
      if (found === undefined) continue
      report(found)
      if (found.what === 'broken') return { findings, compared }
      views = views.filter(other => other !== view)
    }
  }
  return { findings, compared }
}

async function applied(statement: Tree, pair: Pair): Promise<Finding | undefined> {
  const theirs = await pair.pg.run(render(statement, 'pg'))
  // What PostgreSQL refuses (a duplicate key, an overflow) is not sent: keys overwrite here.
  if ('code' in theirs) return undefined
  const mine = await pair.weir.run(render(statement, 'weir'))
  if ('code' in mine)
    return fatal(mine) ? broken(mine) : changed(statement, `error ${mine.code} ${mine.message}`)
  if (mine.count !== theirs.count)
    return changed(statement, `expected ${theirs.count} rows, actual ${mine.count}`)
  return undefined
}

function changed(statement: Tree, detail: string): Finding {
  return { what: 'change', view: undefined, detail: `${render(statement, 'weir')}\n${detail}` }
}

async function created(
  views: readonly View[],
  pair: Pair,
  report: (finding: Finding) => void,
): Promise<View[]> {
  const made: View[] = []
  for (const view of views) {
    const mine = await pair.weir.run(`CREATE MATERIALIZED VIEW ${view.name} AS ${render(view.tree, 'weir')}`)
    const theirs = await pair.pg.run(`CREATE VIEW ${view.name} AS ${render(view.tree, 'pg')}`)
    const wrong = 'code' in theirs
    if ('code' in mine && fatal(mine)) report(broken(mine))
    else if ('code' in mine && !wrong) {
      report({ what: 'refused', view: view.name, detail: `${mine.code} ${mine.message}` })
      await pair.pg.run(`DROP VIEW ${view.name} CASCADE`)
    } else if (!('code' in mine) && wrong) {
      report({ what: 'accepted', view: view.name, detail: `${theirs.code} ${theirs.message}` })
    } else if (!wrong) made.push(view)
  }
  return made
}

async function compareView(view: View, views: readonly View[], pair: Pair): Promise<Finding | undefined> {
  const types = merges(view, views) ? view.relation.columns.map(column => column.type) : undefined
  const expected = await pair.pg.run(`SELECT * FROM ${view.name} LIMIT ${ROWS_MAX}`)
  // Joins of joins without a condition: millions of rows, that this process would hold three times.
  if ('rows' in expected && expected.rows.length === ROWS_MAX) return undefined
  const selected = await pair.weir.run(render(view.tree, 'weir'))
  if (fatal(selected)) return broken(selected)
  const wrong = difference(expected, selected, types)
  if (wrong !== undefined) return { what: 'select', view: view.name, detail: wrong }
  // A row that fails makes the query fail, but only a NULL in the view.
  if ('code' in expected) return undefined
  const kept = await pair.weir.run(`SELECT * FROM ${view.name}`)
  if (fatal(kept)) return broken(kept)
  const stale = difference(expected, kept, types)
  return stale === undefined ? undefined : { what: 'view', view: view.name, detail: stale }
}

/** True when the view takes one of several equal values for all of them. */
function merges(view: View, views: readonly View[]): boolean {
  const text = render(view.tree, 'weir')
  if (/GROUP BY|DISTINCT|UNION|INTERSECT|EXCEPT|LIMIT|OVER|FETCH|WITHIN|\b(min|max)\(/.test(text)) return true
  return views.some(
    other => other !== view && new RegExp(`\\b${other.name}\\b`).test(text) && merges(other, views),
  )
}

const fatal = (answer: Answer): boolean =>
  'code' in answer && ['fatal', 'stuck', 'lost', 'XX000'].includes(answer.code)

function broken(answer: Answer): Finding {
  const detail = 'code' in answer ? `${answer.code} ${answer.message}` : 'PostgreSQL refuses the table'
  return { what: 'broken', view: undefined, detail }
}

function both(pair: Pair, mine: string, theirs: string): Promise<[Answer, Answer]> {
  return Promise.all([pair.weir.run(mine), pair.pg.run(theirs)])
}

/** The view's query and those of the views that it reads. */
function queriesOf(view: View, all: readonly View[]): string {
  const own = render(view.tree, 'weir')
  const read = all.filter(other => other !== view && new RegExp(`\\b${other.name}\\b`).test(own))
  return [own, ...read.map(other => queriesOf(other, all))].join('\n')
}
