import type { Finding } from './check.ts'

/** Where weir differs from PostgreSQL on purpose, each with the reason. */
const EXPLAINED: readonly {
  readonly what: Finding['what']
  readonly detail: RegExp
  readonly reason: string
}[] = [
  {
    what: 'select',
    detail: /actual {3}error 22025 LIKE pattern must not end with escape character/,
    reason:
      'SQL leaves open in which order conditions are tried (PostgreSQL manual, 4.2.14): PostgreSQL tries the emptier side of a join first and never meets the pattern.',
  },
]

export function explained(finding: Finding): boolean {
  return EXPLAINED.some(entry => entry.what === finding.what && entry.detail.test(finding.detail))
}
