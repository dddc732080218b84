import type { Finding } from './check.ts'

/** Where weir differs from PostgreSQL on purpose, each with the reason. */
const EXPLAINED: readonly {
  readonly what: Finding['what']
  readonly detail: RegExp
  /** What the view's query, or that of a view it reads, has in it. */
  readonly query?: RegExp
  readonly reason: string
}[] = [
  {
    what: 'select',
    detail: /actual {3}error 22025 LIKE pattern must not end with escape character/,
    reason:
      'SQL leaves open in which order conditions are tried (PostgreSQL manual, 4.2.14): PostgreSQL tries the emptier side of a join first and never meets the pattern.',
  },
  {
    what: 'select',
    detail: /expected error 21000 more than one row returned by a subquery used as an expression/,
    query: /\b(?:max|min)\(.*WITH TIES/,
    reason:
      "PostgreSQL computes min() and max() by a subquery with LIMIT 1, which inherits the query's WITH TIES: SELECT max(1) FROM t ORDER BY 1 FETCH FIRST 5 ROWS WITH TIES fails where t has two rows.",
  },
]

export function explained(finding: Finding, query: string): boolean {
  return EXPLAINED.some(
    entry =>
      entry.what === finding.what &&
      entry.detail.test(finding.detail) &&
      (entry.query === undefined || entry.query.test(query)),
  )
}
