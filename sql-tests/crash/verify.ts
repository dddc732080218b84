import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type Flow, TOPICS, type Topic } from './flow.ts'
import { type Committed, readCommitted } from './kafka-reader.ts'
import type { Weir } from './weir.ts'

const WAIT_MS = 90_000

type Records = Readonly<Record<Topic, readonly Committed[]>>
interface Sum {
  readonly n: number
  readonly total: number
}
type Row = Readonly<Record<string, number | string>>

/**
 * Waits until the server has worked everything off, then compares the output topics with what the input topics demand:
 * joined rows as multisets, every upsert in its order, every Debezium change with the one before it.
 */
export async function verify(weir: Weir, flow: Flow, broker: string): Promise<string> {
  const inputs = await readCommitted(broker, ['orders', 'payments'])
  assert.ok(inputs.orders.length >= flow.sent.orders, 'the broker kept every acknowledged order')
  await settle(weir, inputs.orders.length)
  const records = await readCommitted(broker, TOPICS)
  const customers = await weir.query('SELECT id, region FROM customers')
  const regionOf = new Map(customers.map(([id, region]) => [Number(id), Number(region)]))
  const lost = [...flow.regions.keys()].filter(id => !regionOf.has(id))
  assert.deepEqual(lost, [], `customers were lost; moves:\n${flow.moves.join('\n')}\n${weir.log}`)
  for (const [id, possible] of flow.regions)
    assert.ok(possible.has(regionOf.get(id)!), `customer ${id} is where an acknowledged statement put it`)
  const orders = rowsOf(records.orders)
  assert.deepEqual(paidOut(records), expectedPaid(orders, rowsOf(records.payments)))
  const totals = sums(orders, order => order['customer'] as number)
  assert.deepEqual(foldUpserts(records.totals_out), totals)
  const regions = sums(orders, order => regionOf.get(order['customer'] as number)!)
  assert.deepEqual(foldDebezium(records.regions_out), regions)
  assert.deepEqual(view(await weir.query('SELECT customer, n, total FROM totals')), totals)
  assert.deepEqual(view(await weir.query('SELECT region, n, total FROM regions')), regions)
  const counts = TOPICS.map(topic => `${topic} ${records[topic].length}`)
  return counts.join(', ')
}

/** Until the views have read all input and the sinks have delivered it. */
async function settle(weir: Weir, orders: number): Promise<void> {
  const deadline = performance.now() + WAIT_MS
  let seen = ''
  for (;;) {
    const [[count]] = (await weir.query('SELECT coalesce(sum(n), 0) FROM totals')) as [[string]]
    if (Number(count) === orders) {
      await weir.query('FLUSH')
      const lag = await weir.metric('weir_sink_lag_epochs')
      const backlog = await weir.metric('weir_sink_backlog_bytes')
      if (backlog === 0) return
      seen = `sinks are ${lag} epochs and ${backlog} bytes behind`
    } else seen = `${count} of ${orders} orders are in the view`
    if (performance.now() > deadline) assert.fail(`not settled after ${WAIT_MS} ms: ${seen}\n${weir.log}`)
    await sleep(200)
  }
}

function rowsOf(records: readonly Committed[]): Row[] {
  return records.map(({ value }) => JSON.parse(value!) as Row)
}

function paidOut(records: Records): string[] {
  return rowsOf(records.paid_out)
    .map(({ id, amount, paid }) => `${id} ${amount} ${paid}`)
    .sort()
}

function expectedPaid(orders: readonly Row[], payments: readonly Row[]): string[] {
  const byId = new Map<unknown, Row[]>()
  for (const order of orders) byId.set(order['id'], [...(byId.get(order['id']) ?? []), order])
  return payments
    .flatMap(({ order_id, paid }) =>
      (byId.get(order_id) ?? []).map(({ id, amount }) => `${id} ${amount} ${paid}`),
    )
    .sort()
}

function sums(orders: readonly Row[], keyOf: (order: Row) => number): Map<number, Sum> {
  const found = new Map<number, Sum>()
  for (const order of orders) {
    const { n, total } = found.get(keyOf(order)) ?? { n: 0, total: 0 }
    found.set(keyOf(order), { n: n + 1, total: total + Number(order['amount']) })
  }
  return new Map([...found].sort(([a], [b]) => a - b))
}

/** The latest row by key; orders only come, so a count that does not grow is a repeated or a swapped record. */
function foldUpserts(records: readonly Committed[]): Map<number, Sum> {
  const found = new Map<number, Sum>()
  for (const row of rowsOf(records)) {
    const key = Number(row['customer'])
    const before = found.get(key)?.n ?? 0
    assert.ok(Number(row['n']) > before, `totals_out: customer ${key} goes from ${before} to ${row['n']}`)
    found.set(key, { n: Number(row['n']), total: Number(row['total']) })
  }
  return new Map([...found].sort(([a], [b]) => a - b))
}

/** The latest row by key; each change must start from where the one before it ended. */
function foldDebezium(records: readonly Committed[]): Map<number, Sum> {
  const found = new Map<number, Row>()
  for (const { value } of records) {
    if (value === null) continue
    const { before, after } = changeOf(value)
    const key = Number((before ?? after)!['region'])
    const last = found.get(key) ?? null
    if (!isDeepStrictEqual(before, last)) assert.fail(broken(records, value, key))
    if (after === null) found.delete(key)
    else found.set(key, after)
  }
  return view([...found.values()].map(({ region, n, total }) => [region, n, total]))
}

function changeOf(value: string): { readonly before: Row | null; readonly after: Row | null } {
  return (JSON.parse(value) as { payload: { before: Row | null; after: Row | null } }).payload
}

/** The records of the key around the one that does not go on from its predecessor. */
function broken(records: readonly Committed[], value: string, key: number): string {
  const same = records.filter(record => record.value?.includes(`"region":${key},`))
  const at = same.findIndex(record => record.value === value)
  const around = same.slice(Math.max(0, at - 5), at + 5)
  const lines = around.map(record => `${record.partition} ${record.value}`)
  return `regions_out: a change of region ${key} does not go on from the one before it:\n${lines.join('\n')}`
}

function view(rows: readonly unknown[][]): Map<number, Sum> {
  const found = rows.map(([key, n, total]) => [Number(key), { n: Number(n), total: Number(total) }] as const)
  return new Map(found.sort(([a], [b]) => a - b))
}
