import { CHUNK_ROWS, type Chunk } from '../types/chunk.ts'
import type { Generator, GeneratorSpec, Offsets, Source } from '../types/connector.ts'
import { notSupported, SqlError } from '../types/error.ts'
import type { Host } from '../types/host.ts'
import { canceled } from './canceled.ts'
import { type Surroundings, sourceOf } from './connector-bindings.ts'
import { NO_RATE_MS } from './generator-feed.ts'
import type { SourceBinding } from './runtime-contract.ts'

/** What a source holds at one moment; each call reads it from its start. A chunk is valid until the next is asked for. */
export type SourceRows = () => AsyncGenerator<Chunk>

const READ_ROWS = 4096

/** Fixes the ends of a source; `limited`: its reader stops by itself, so the rows need no end. */
export async function sourceRows(
  binding: SourceBinding,
  around: Surroundings,
  limited: boolean,
  signal: AbortSignal | undefined,
): Promise<SourceRows> {
  const source = sourceOf(binding, around)
  const spec = source.generator
  if (spec !== undefined) {
    if (!limited && spec.bounded !== true) throw endless(binding.connector)
    const make = around.connectors.get(binding.connector)!.generator!
    return () => generated(spec, split => make(spec, split, undefined), around.host)
  }
  if (source.ends === undefined) throw notSupported(`reading a source with connector "${binding.connector}"`)
  const ends = await source.ends().finally(() => source.close())
  return () => read(sourceOf(binding, around), ends, signal)
}

async function* read(source: Source, ends: Offsets, signal: AbortSignal | undefined): AsyncGenerator<Chunk> {
  const stopping = signal ?? new AbortController().signal
  try {
    const reader = await source.open(new Map(), ends)
    try {
      for (;;) {
        const batch = await reader.read(READ_ROWS, stopping)
        if (stopping.aborted) throw canceled(stopping)
        if (batch === undefined) return
        if (batch.chunk.length > 0) yield batch.chunk
      }
    } finally {
      await reader.close()
    }
  } finally {
    await source.close()
  }
}

async function* generated(
  spec: GeneratorSpec,
  make: (split: string) => Generator,
  host: Host,
): AsyncGenerator<Chunk> {
  let generators = spec.splits.map(make)
  const nowMs = host.now()
  for (const generator of generators) generator.next(0, nowMs - NO_RATE_MS)
  while (generators.length > 0) {
    for (const generator of generators) {
      const chunk = generator.next(CHUNK_ROWS, nowMs)
      if (chunk !== undefined) yield chunk
    }
    generators = generators.filter(generator => !generator.done())
  }
}

function endless(connector: string): SqlError {
  return new SqlError(
    'feature_not_supported',
    `a source with connector "${connector}" has rows without end`,
    {
      hint: 'Add a LIMIT without ORDER BY, or read a materialized view of the source.',
    },
  )
}
