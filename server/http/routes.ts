import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type FastifyInstance, fastify } from 'fastify'
import type { Runtime } from '../../executor/runtime-contract.ts'
import type { Health } from '../observability/health.ts'
import { type MetricsContext, metricsText } from '../observability/metrics.ts'
import type { CatalogHolder } from '../statements/index.ts'
import { consolePage, consoleScript } from './console-page.ts'
import { type GuardOptions, refusal } from './guard.ts'

export interface HttpContext extends GuardOptions {
  readonly health: Health
  /** undefined: not recovered yet. */
  running(): MetricsContext | undefined
}

const EPOCHS_SHOWN = 60

/** Health, metrics, console. All are read-only. */
export async function handler(
  context: HttpContext,
): Promise<(request: IncomingMessage, response: ServerResponse) => void> {
  const app = fastify({ bodyLimit: 1024 })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('X-Content-Type-Options', 'nosniff').header('Cache-Control', 'no-store')
    // Orchestrators ask for health by any name, and learn nothing else.
    const refused = request.url === '/healthz' ? undefined : refusal(request.headers, context)
    if (refused === undefined) return
    if (refused.status === 401) reply.header('WWW-Authenticate', 'Basic realm="weir"')
    return reply.code(refused.status).send({ error: refused.message })
  })
  app.get('/healthz', async (_request, reply) => {
    const { phase, reason, restoredRows } = context.health
    if (phase === 'ready') return { status: 'ok', epoch: context.running()?.runtime.epoch }
    return reply.code(503).send({ status: phase, reason, restoredRows })
  })
  app.get('/', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('Content-Security-Policy', POLICY).send(consolePage),
  )
  app.get('/metrics', async (_request, reply) => {
    const running = context.running()
    if (running === undefined) return reply.code(503).send({ error: context.health.phase })
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(metricsText(running))
  })
  addApi(app, context)
  await app.ready()
  return (request, response) => app.routing(request, response)
}

const POLICY = [
  "default-src 'none'",
  "connect-src 'self'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash('sha256').update(consoleScript).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

type View = (runtime: Runtime, catalogs: CatalogHolder) => unknown

const API: Readonly<Record<string, View>> = {
  relations: relationsOf,
  jobs: runtime => runtime.progress(),
  sinks: runtime => runtime.sinks(),
  epochs: runtime => runtime.epochs().slice(-EPOCHS_SHOWN),
  operators: runtime => runtime.stats().operators,
  sources: runtime => runtime.stats().sources,
  errors: runtime => runtime.errors().slice(-100),
}

function addApi(app: FastifyInstance, context: HttpContext): void {
  for (const [name, view] of Object.entries(API))
    app.get(`/api/${name}`, async (_request, reply) => {
      const running = context.running()
      if (running === undefined) return reply.code(503).send({ error: context.health.phase })
      return view(running.runtime, running.catalogs)
    })
}

function relationsOf(runtime: Runtime, catalogs: CatalogHolder): unknown {
  const sizes = new Map(runtime.stats().serving.map(size => [size.relation, size]))
  return catalogs.current.relations.map(({ id, database, schema, name, kind, job }) => ({
    id,
    database,
    schema,
    name,
    kind,
    rows: sizes.get(id)?.rows ?? 0,
    bytes: sizes.get(id)?.bytes ?? 0,
    nodes: (job?.nodes ?? []).map(({ id: node, spec, inputs, fragment }) => ({
      node,
      kind: spec.kind,
      inputs,
      fragment,
      reads: spec.kind === 'input' ? spec.relation : undefined,
    })),
  }))
}
