/** How to reach a crash point: a statement, or work until maintenance comes to it. */
export interface Point {
  readonly id: string
  /** Dies at one of the first hits, by chance; more: it needs that many to be where it hurts. */
  readonly hits: number
  /** Run once the server is ready; `$` is a fresh number. */
  readonly statements?: readonly string[]
  /** So many clients write to a table on and on, so that commits overlap. */
  readonly writers?: number
  /** Asked to stop while it works. */
  readonly terminated?: true
}

const CHANGES = [
  'CREATE MATERIALIZED VIEW extra_$ AS SELECT customer, n FROM totals',
  'DROP MATERIALIZED VIEW extra_$',
  'CREATE MATERIALIZED VIEW extra_$ AS SELECT customer, n FROM totals',
]

/** Rows of a table too large to be read into a new view in one step. */
export const BIG_ROWS = 250_000
const BACKFILL = [
  'CREATE TABLE big_$ (id int PRIMARY KEY)',
  `INSERT INTO big_$ SELECT * FROM generate_series(1, ${BIG_ROWS})`,
  'CREATE MATERIALIZED VIEW counted_$ AS SELECT id % 10 AS digit, count(*) AS n FROM big_$ GROUP BY id % 10',
]

/** Every crash point in the code; points.test.ts holds the list against the code. */
export const POINTS: readonly Point[] = [
  { id: 'C01', hits: 9 }, // Barrier injected, no operator flushed.
  { id: 'C02', hits: 9 }, // Half of the operators flushed.
  { id: 'C03', hits: 9 }, // Before the state object is put.
  { id: 'C04', hits: 5, writers: 6 }, // The object is put, of an epoch before it not all is.
  { id: 'C05', hits: 9 }, // After it, before the manifest.
  { id: 'C08', hits: 9 }, // After the manifest, before it is visible.
  { id: 'C09', hits: 9 }, // Visible, sources and sinks not told.
  { id: 'C10', hits: 3, statements: CHANGES }, // Catalog durable, job not started.
  { id: 'C11', hits: 3, statements: CHANGES }, // Catalog durable, dropped job not cleared away.
  { id: 'C12', hits: 3 }, // Sink log durable, before the older producer is fenced.
  { id: 'C13', hits: 3 }, // Fenced, marker not read.
  { id: 'C14', hits: 3 }, // Marker read.
  { id: 'C15', hits: 9 }, // Rows in the transaction, marker not or just now.
  { id: 'C16', hits: 9 }, // Before the end of the transaction is asked for.
  { id: 'C17', hits: 9 }, // Asked for, no answer.
  { id: 'C18', hits: 9 }, // Delivered, not noted.
  { id: 'C19', hits: 9 }, // Before a manifest that trims sink logs.
  { id: 'C25', hits: 1 }, // Recovery, before the bucket is claimed.
  { id: 'C26', hits: 1 }, // Claimed, no state loaded.
  { id: 'C27', hits: 9 }, // Half of the state loaded.
  { id: 'C28', hits: 1 }, // State loaded, nothing started.
  { id: 'C29', hits: 2 }, // Merged object written, not named.
  { id: 'C30', hits: 2 }, // Merged object named, the others still there.
  { id: 'C31', hits: 2 }, // Before garbage is listed.
  { id: 'C32', hits: 2 }, // Old manifests gone, objects still there.
  { id: 'C33', hits: 2, statements: BACKFILL }, // Rows of a backfill posted, its position not saved.
  { id: 'C34', hits: 1 }, // Before a manifest that holds the whole version: at a start, and every 64th.
  { id: 'C36', hits: 1, terminated: true }, // A last epoch is on its way after SIGTERM.
]

/** Numbers of reliability's list that are no place in the code, and why. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  C06: 'manifests.service.test.ts: the answer of a manifest is lost, it was created',
  C07: 'manifests.service.test.ts: the request of a manifest is lost',
  C20: 'manifests.service.test.ts: both, of a manifest that trims sink logs',
  C21: 'there is no file sink',
  C22: 'there is no file sink',
  C23: 'there is no PostgreSQL sink',
  C24: 'there is no Iceberg sink',
  C35: 'every format has had one version; a bucket of another one is refused when it is opened',
}
