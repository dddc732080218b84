import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Chunk } from '../../types/chunk.ts'
import type { Expression, GraphNode, Job, OperatorSpec, RelationId } from '../../types/job.ts'
import { fromJson, toJson } from '../../types/json.ts'
import { INT8, type Schema, TEXT } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { Command, JobChange, Runtime } from '../runtime-contract.ts'

/** Jobs by hand, for tests of the runtime without a planner. */
export const PAIR: Schema = [
  { name: 'k', type: INT8 },
  { name: 'v', type: TEXT },
]
export const COUNTED: Schema = [
  { name: 'v', type: TEXT },
  { name: 'n', type: INT8 },
]

export function node(id: number, spec: OperatorSpec, inputs: readonly number[], schema: Schema): GraphNode {
  return { id, spec, inputs, schema, shard: 'any', fragment: 0 }
}

/** A table (k int8 [primary key], v text); `first`: number of its first node. */
export function tableJob(relation: RelationId, keyed: boolean, first = 1): Job {
  const source = node(first, { kind: 'source', relation, schema: PAIR }, [], PAIR)
  const key = keyed ? [0] : []
  const upsert = node(first + 1, { kind: 'upsert', key, conflict: 'overwrite' }, [first], PAIR)
  const mode = keyed ? 'keyed' : 'bag'
  const input = keyed ? first + 1 : first
  const rows = node(first + 2, { kind: 'materialize', relation, schema: PAIR, mode, key }, [input], PAIR)
  return { relation, nodes: keyed ? [source, upsert, rows] : [source, rows] }
}

/** SELECT v, count(*) FROM upstream GROUP BY v. */
export function countJob(relation: RelationId, upstream: RelationId): Job {
  const spec: OperatorSpec = {
    kind: 'aggregate',
    groups: [1],
    calls: [{ fn: 'count(*)', args: [], distinct: false, type: INT8 }],
  }
  return {
    relation,
    nodes: [
      node(1, { kind: 'input', relation: upstream, schema: PAIR }, [], PAIR),
      node(2, spec, [1], COUNTED),
      node(3, { kind: 'materialize', relation, schema: COUNTED, mode: 'keyed', key: [0] }, [2], COUNTED),
    ],
  }
}

/** SELECT columns of upstream, as they are. */
export function copyJob(relation: RelationId, upstream: RelationId, schema: Schema): Job {
  const columns = schema.map((field, index): Expression => ({ kind: 'column', index, type: field.type }))
  return {
    relation,
    nodes: [
      node(1, { kind: 'input', relation: upstream, schema }, [], schema),
      node(2, { kind: 'project', columns }, [1], schema),
      node(3, { kind: 'materialize', relation, schema, mode: 'bag', key: [] }, [2], schema),
    ],
  }
}

/** SELECT l.k, r.v FROM left l LEFT JOIN right r FOR SYSTEM_TIME AS OF PROCTIME() ON l.k = r.k. */
export function temporalJob(relation: RelationId, left: RelationId, right: RelationId): Job {
  const spec: OperatorSpec = {
    kind: 'temporal-join',
    outer: true,
    leftKeys: [0],
    rightKeys: [0],
    nullSafe: [false],
  }
  const both = [...PAIR, ...PAIR]
  const columns = [0, 3].map((index): Expression => ({ kind: 'column', index, type: both[index]!.type }))
  return {
    relation,
    nodes: [
      node(1, { kind: 'input', relation: right, schema: PAIR }, [], PAIR),
      node(2, { kind: 'input', relation: left, schema: PAIR }, [], PAIR),
      node(3, spec, [2, 1], both),
      node(4, { kind: 'project', columns }, [3], PAIR),
      node(5, { kind: 'materialize', relation, schema: PAIR, mode: 'bag', key: [] }, [4], PAIR),
    ],
  }
}

/** The table as ALTER TABLE writes it anew: the same rows, under names of state never used before. */
export function rewrittenTable(change: JobChange): Command['replace'] & object {
  const { relation, nodes } = change.job
  const job = tableJob(relation, true, Math.max(...nodes.map(({ id }) => id)) + 1)
  const columns = PAIR.map((field, index): Expression => ({ kind: 'column', index, type: field.type }))
  return [{ change: { job }, stages: [columns] }]
}

export function sinkJob(relation: RelationId, upstream: RelationId, schema: Schema): JobChange {
  return {
    job: {
      relation,
      nodes: [
        node(1, { kind: 'input', relation: upstream, schema }, [], schema),
        node(2, { kind: 'sink', relation, schema, key: [] }, [1], schema),
      ],
    },
    sink: {
      relation,
      connector: 'target',
      options: {},
      schema,
      key: [],
      appendOnly: false,
      format: { format: 'plain', encode: 'json', options: {} },
    },
  }
}

/** The catalog of these tests: the jobs themselves. */
export function catalogOf(jobs: readonly JobChange[]): string {
  return toJson(jobs)
}

export function jobsOf(catalog: string): readonly JobChange[] {
  if (parsed.catalog !== catalog) parsed = { catalog, jobs: fromJson(catalog) as readonly JobChange[] }
  return parsed.jobs
}

/** The last one: every recovery of a run asks for it again. */
let parsed: { readonly catalog: string; readonly jobs: readonly JobChange[] } = { catalog: '', jobs: [] }

export function pairs(rows: readonly (readonly [bigint, string])[], weights?: readonly number[]): Chunk {
  return chunkOf([INT8, TEXT], rows, weights)
}

/** Rows of a relation, sorted, one text each. */
export async function rowsOf(
  runtime: Runtime,
  relation: RelationId,
  schema: Schema,
): Promise<readonly string[]> {
  const job: Job = { relation: 0, nodes: [node(1, { kind: 'input', relation, schema }, [], schema)] }
  return rowTexts(await Array.fromAsync(runtime.query(job)))
}

export function rowTexts(chunks: readonly Chunk[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const chunk of chunks)
    for (let row = 0; row < chunk.length; row++) {
      const text = chunk.columns.map(column => shown(cellValue(column, row))).join(' ')
      counts.set(text, (counts.get(text) ?? 0) + chunk.weights[row]!)
    }
  return [...counts].flatMap(([text, n]) => Array.from({ length: Math.max(0, n) }, () => text)).sort()
}

function shown(value: Value): string {
  return typeof value === 'string' ? value : String(value)
}
