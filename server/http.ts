import type { Runtime } from '../executor/runtime-contract.ts'
import type { ObjectStore } from '../storage/contract.ts'
import { consolePage } from './console-page.ts'
import type { CatalogHolder } from './statements/index.ts'

export interface HttpContext {
  readonly runtime: Runtime
  readonly catalogs: CatalogHolder
  readonly store: ObjectStore
}

/** Health, metrics and the JSON that a console reads. */
export async function listenHttp(
  host: string,
  port: number,
  context: HttpContext,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { fastify } = await import('fastify')
  const app = fastify({ forceCloseConnections: true })
  const { runtime, catalogs } = context
  app.get('/healthz', async () => ({ status: 'ok', epoch: runtime.epoch }))
  app.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4').send(metricsText(context)),
  )
  app.get('/', async (_request, reply) => reply.type('text/html').send(consolePage))
  app.get('/api/operators', async () => runtime.stats().operators)
  app.get('/api/relations', async () =>
    catalogs.current.relations.map(({ id, database, schema, name, kind, job }) => {
      const nodes = job?.nodes.map(({ id: node, spec, inputs, fragment }) => ({
        node,
        kind: spec.kind,
        inputs,
        fragment,
      }))
      return { id, database, schema, name, kind, nodes: nodes ?? [], rows: runtime.rowCount(id) }
    }),
  )
  app.get('/api/epochs', async () => runtime.epochs())
  app.get('/api/jobs', async () => runtime.progress())
  app.get('/api/sinks', async () => runtime.sinks())
  await app.listen({ host, port })
  const address = app.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => app.close(),
  }
}

/** Prometheus text format 0.0.4. */
function metricsText({ runtime, store }: HttpContext): string {
  const stats = runtime.stats()
  const lines: string[] = []
  const family = (
    name: string,
    type: string,
    help: string,
    samples: readonly (readonly [string, number])[],
  ) => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
    for (const [labels, value] of samples) lines.push(`${name}${labels} ${value}`)
  }
  family('weir_epoch', 'gauge', 'last committed epoch', [['', runtime.epoch]])
  family('weir_epochs_in_flight', 'gauge', 'epochs sealed and not yet committed', [
    ['', stats.epochsInFlight],
  ])
  family('weir_state_bytes', 'gauge', 'bytes of operator state', [['', stats.stateBytes]])
  family('weir_state_rows', 'gauge', 'rows of operator state', [['', stats.stateRows]])
  const source = (relation: number) => `{relation="${relation}"}`
  family(
    'weir_source_rows_total',
    'counter',
    'rows read',
    stats.sources.map(s => [source(s.relation), s.rows]),
  )
  family(
    'weir_source_bytes_total',
    'counter',
    'bytes read',
    stats.sources.map(s => [source(s.relation), s.bytes]),
  )
  family(
    'weir_sink_rows_total',
    'counter',
    'rows delivered',
    stats.sinks.map(s => [source(s.relation), s.rows]),
  )
  family(
    'weir_operator_rows_in_total',
    'counter',
    'rows that reached an operator',
    stats.operators.map(o => [`{relation="${o.relation}",node="${o.node}",kind="${o.kind}"}`, o.rowsIn]),
  )
  const requests = Object.entries(store.stats).map(([what, count]) => [`{what="${what}"}`, count] as const)
  family('weir_store_total', 'counter', 'object store requests and bytes', requests)
  return `${lines.join('\n')}\n`
}
