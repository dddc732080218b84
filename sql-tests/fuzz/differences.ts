import type { Finding } from './check.ts'

/** Where weir differs from PostgreSQL on purpose, each with the reason. */
const EXPLAINED: readonly {
  readonly what: Finding['what']
  readonly detail: RegExp
  readonly reason: string
}[] = []

export function explained(finding: Finding): boolean {
  return EXPLAINED.some(entry => entry.what === finding.what && entry.detail.test(finding.detail))
}
