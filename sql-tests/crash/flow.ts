import { setTimeout as sleep } from 'node:timers/promises'
import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs'
import type { Weir } from './weir.ts'

const CUSTOMERS = 60
const REGIONS = 5

/** Input and output topics. */
export const TOPICS = ['orders', 'payments', 'paid_out', 'totals_out', 'regions_out'] as const
export type Topic = (typeof TOPICS)[number]

/**
 * The work of a crash test: orders and payments come from Kafka and go back to it joined (append-only), aggregated
 * (upsert), and aggregated over a join with a table that statements update (Debezium).
 */
export class Flow {
  readonly #random: () => number
  readonly #admin: Admin
  readonly #producer: Producer
  readonly #broker: string
  #orders = 0
  readonly #unpaid: number[] = []
  /** Acknowledged records by topic. */
  readonly sent = { orders: 0, payments: 0 }
  /** What `move` did, for the message of a failure. */
  readonly moves: string[] = []
  /** Regions a customer may have: more than one after a statement whose outcome is not known. */
  readonly regions = new Map<number, Set<number>>()

  constructor(broker: string, random: () => number) {
    this.#broker = broker
    this.#random = random
    const kafka = new Kafka({
      brokers: [broker],
      logLevel: logLevel.NOTHING,
      retry: { retries: 30, maxRetryTime: 1000 },
    })
    this.#admin = kafka.admin()
    this.#producer = kafka.producer()
  }

  async prepare(): Promise<void> {
    await this.#admin.connect()
    await this.#admin.createTopics({ topics: TOPICS.map(topic => ({ topic, numPartitions: 3 })) })
    await this.#producer.connect()
  }

  /** Sources, table, views and sinks. */
  async create(weir: Weir): Promise<void> {
    for (const statement of this.statements()) await weir.query(statement)
  }

  statements(): readonly string[] {
    const at = (topic: Topic, more = '') =>
      `WITH (connector = 'kafka', topic = '${topic}', properties.bootstrap.server = '${this.#broker}'${more})`
    const earliest = `, scan.startup.mode = 'earliest'`
    const customers = Array.from({ length: CUSTOMERS }, (_, id) => `(${id}, ${id % REGIONS})`)
    for (let id = 0; id < CUSTOMERS; id++) this.regions.set(id, new Set([id % REGIONS]))
    return [
      `CREATE SOURCE orders (id bigint, customer int, amount bigint) ${at('orders', earliest)} FORMAT PLAIN ENCODE JSON`,
      `CREATE SOURCE payments (order_id bigint, paid bigint) ${at('payments', earliest)} FORMAT PLAIN ENCODE JSON`,
      'CREATE TABLE customers (id int PRIMARY KEY, region int)',
      `INSERT INTO customers VALUES ${customers.join(', ')}`,
      'CREATE MATERIALIZED VIEW totals AS SELECT customer, count(*) AS n, sum(amount) AS total FROM orders GROUP BY customer',
      `CREATE MATERIALIZED VIEW regions AS SELECT c.region, count(*) AS n, sum(o.amount) AS total
         FROM orders o JOIN customers c ON o.customer = c.id GROUP BY c.region`,
      `CREATE SINK paid_out AS SELECT o.id, o.amount, p.paid FROM orders o JOIN payments p ON o.id = p.order_id
         ${at('paid_out')} FORMAT PLAIN ENCODE JSON`,
      `CREATE SINK totals_out FROM totals ${at('totals_out', `, primary_key = 'customer'`)} FORMAT UPSERT ENCODE JSON`,
      `CREATE SINK regions_out FROM regions ${at('regions_out', `, primary_key = 'region'`)} FORMAT DEBEZIUM ENCODE JSON`,
    ]
  }

  /** Produces for so long, a batch every 25 ms. */
  async produce(ms: number): Promise<void> {
    const until = performance.now() + ms
    while (performance.now() < until) {
      await this.batch(100)
      await sleep(25)
    }
  }

  async batch(orders: number): Promise<void> {
    const made = Array.from({ length: orders }, () => {
      const id = this.#orders++
      if (this.#random() < 0.5) this.#unpaid.push(id)
      return { id, customer: this.#below(CUSTOMERS), amount: this.#below(1000) }
    })
    // Payments come late, early ones too: some go out before their order.
    const paying = this.#unpaid.splice(0, Math.floor(this.#unpaid.length * this.#random()))
    const payments = paying.map(id => ({ order_id: id, paid: this.#below(1000) }))
    await this.#send('payments', payments)
    await this.#send('orders', made)
  }

  async #send(topic: 'orders' | 'payments', rows: readonly object[]): Promise<void> {
    if (rows.length === 0) return
    await this.#producer.send({ topic, messages: rows.map(row => ({ value: JSON.stringify(row) })) })
    this.sent[topic] += rows.length
  }

  /** Moves a customer to another region; false: nobody knows whether it happened. */
  async move(weir: Weir): Promise<boolean> {
    const id = this.#below(CUSTOMERS)
    const region = this.#below(REGIONS)
    const possible = this.regions.get(id)!
    possible.add(region)
    try {
      await weir.query(`UPDATE customers SET region = ${region} WHERE id = ${id}`)
    } catch (error) {
      this.moves.push(`${id} to ${region}, perhaps: ${error}`)
      return false
    }
    this.moves.push(`${id} to ${region}`)
    this.regions.set(id, new Set([region]))
    return true
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  async close(): Promise<void> {
    await this.#producer.disconnect()
    await this.#admin.disconnect()
  }
}
