import { parseArgs } from 'node:util'
import { reportIdle } from './idle.ts'
import { reportJson } from './json.ts'
import { reportKafka } from './kafka.ts'
import { reportGuarantee } from './nexmark-guarantee.ts'
import { reportNexmark } from './nexmark-report.ts'
import { reportPointReads } from './point.ts'
import { reportRecovery } from './recovery.ts'
import { reportPgbench } from './sql-pgbench.ts'
import { reportPlanning } from './sql-planning.ts'
import { reportStream } from './sql-stream.ts'
import { reportTpch } from './sql-tpch.ts'

const HELP = `npm run bench -- SUBJECT

  nexmark [q0 q1 …] [--events N] [--no-checkpoint] [--beside-flink]
                         from the in-process generator into nothing, exactly once
  nexmark [q0 q1 …] [--events N] --at-least-once
                         into a Kafka topic, exactly once and at least once in turn, and what the difference
                         costs: into nothing there is none, for no target has transactions to pay for
  kafka [q0 q1 …] [--events N] [--at-least-once]
                         Kafka to Kafka, JSON, beside a broker of its own
  recovery [ROWS …]      time to ready with so many stored rows; default a million and ten million
  point                  SELECT by primary key from a view of a million rows
  json                   decoding of Nexmark bids from JSON, beside JSON.parse
  sql [planning tpch pgbench stream] [--suites FOLDER] [--scale 0.1] [--query N]…
                         time to plan, TPC-H and point reads beside PostgreSQL, a million rows to psql
  idle                   memory and processor of a server that does nothing
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: 'string' },
    'at-least-once': { type: 'boolean', default: false },
    'no-checkpoint': { type: 'boolean', default: false },
    'beside-flink': { type: 'boolean', default: false },
    suites: { type: 'string' },
    scale: { type: 'string', default: '0.1' },
    query: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
})
const [subject, ...rest] = positionals

switch (values.help ? undefined : subject) {
  case 'nexmark':
    if (values['at-least-once']) {
      await reportGuarantee(rest, Number(values.events ?? 2_000_000))
      break
    }
    await reportNexmark(rest, {
      ...(values.events !== undefined && { events: events(values.events) }),
      checkpoint: !values['no-checkpoint'],
      besideFlink: values['beside-flink'],
    })
    break
  case 'kafka':
    await reportKafka(rest, {
      events: events(values.events ?? '2M'),
      delivery: values['at-least-once'] ? 'at-least-once' : 'exactly-once',
    })
    break
  case 'recovery':
    await reportRecovery(rest.map(Number))
    break
  case 'point':
    await reportPointReads()
    break
  case 'json':
    reportJson()
    break
  case 'sql': {
    const parts: Readonly<Record<string, () => Promise<void>>> = {
      planning: () => reportPlanning(values.suites),
      tpch: () => reportTpch({ scale: Number(values.scale), only: values.query.map(Number) }),
      pgbench: reportPgbench,
      stream: reportStream,
    }
    for (const part of rest.length > 0 ? rest : Object.keys(parts))
      await (parts[part] ?? (() => Promise.reject(new Error(`no part ${part}`))))()
    break
  }
  case 'idle':
    await reportIdle()
    break
  default:
    console.log(HELP)
}

/** 300000, 300k or 2M. */
function events(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([kM]?)$/.exec(text) ?? []
  if (digits === undefined)
    throw new Error(`--events takes a number, such as 300000, 300k or 2M, not ${text}`)
  return Number(digits) * (unit === 'M' ? 1e6 : unit === 'k' ? 1e3 : 1)
}
