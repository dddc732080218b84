import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { test } from 'node:test'
import type * as Scenario from './scenario.ts'

/** One mistake in the protocol: `from` becomes `to` in the file. */
interface Mutation {
  readonly file: string
  readonly from: string
  readonly to: string
}

/** The seven mistakes that the model of the protocol (design, section 7) finds: the simulation has to find them in the code. */
const MUTANTS: Readonly<Record<string, readonly Mutation[]>> = {
  'the marker is read before older writers are fenced': [
    {
      file: 'sim/target.ts',
      from: `        fence = await reach(() => ++this.#fence)\n`,
      to: `        const marker = await reach(() => this.#marker)\n`,
    },
    {
      file: 'sim/target.ts',
      from: `        const marker = await reach(() => this.#marker)\n        if`,
      to: `        fence = await reach(() => ++this.#fence)\n        if`,
    },
  ],
  'an epoch is delivered before it is committed': [
    { file: 'epoch-clock.ts', from: `else if (table.role === 'log')`, to: `else if (false)` },
    {
      file: 'epoch-clock.ts',
      from: `    journal.sealed(sealed)\n`,
      to: `    journal.sealed(sealed)
    for (const delta of sealed.deltas) {
      const table = this.#state.tables.get(delta.table)
      if (table?.role === 'log') sinks.enqueue(table.relation, { epoch: sealed.epoch, chunks: delta.chunks })
    }\n`,
    },
  ],
  'the marker is written outside of the transaction': [
    {
      file: 'sim/target.ts',
      from: `          this.#marker = written.at(-1)!.epoch
        })`,
      to: `        })
        await reach(() => {
          this.#marker = written.at(-1)!.epoch
        })`,
    },
  ],
  'the log is trimmed before the target acknowledged': [
    {
      file: 'delivery.ts',
      from: `    this.#committed = batch.epoch\n`,
      to: `    this.#committed = batch.epoch
    queueMicrotask(() => this.#options.acknowledged(batch.epoch))\n`,
    },
  ],
  'a lost marker is taken for none yet': [
    { file: 'sim/target.ts', from: `marker === undefined && delivered > 0`, to: `false && delivered > 0` },
    {
      file: 'delivery.ts',
      from: `    host.crashPoint('C14')\n`,
      to: `    host.crashPoint('C14')
    if (marker === undefined) this.#delivered = 0\n`,
    },
  ],
  'a writer is kept after an unknown outcome': [
    {
      file: 'delivery.ts',
      from: `await writer.write(epochs)`,
      to: `for (;;)
          try {
            await writer.write(epochs)
            break
          } catch {
            await host.sleep(10)
            if (signal.aborted) return
          }`,
    },
  ],
  'manifests are put unconditionally': [
    {
      file: 'store-persistence.ts',
      from: `if (await store.putIfAbsent(key, body)) return true`,
      to: `await store.put(key, body)
      return true`,
    },
  ],
}

const SEEDS_MAX = 600

/** A mutant's modules are loaded beside the right ones: their URLs carry its number. */
registerHooks({
  resolve(specifier, context, next) {
    const mutant =
      context.parentURL === undefined ? null : new URL(context.parentURL).searchParams.get('mutant')
    const found = next(specifier, context)
    if (mutant === null || !found.url.startsWith('file:') || found.url.includes('/node_modules/'))
      return found
    return { ...found, url: `${found.url.split('?')[0]}?mutant=${mutant}` }
  },
  load(url, context, next) {
    const loaded = next(url, context)
    const mutant = URL.canParse(url) ? new URL(url).searchParams.get('mutant') : null
    if (mutant === null || loaded.source === undefined || loaded.source === null) return loaded
    let source =
      typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString()
    for (const { file, from, to } of Object.values(MUTANTS)[Number(mutant)]!) {
      if (!new URL(url).pathname.endsWith(`/executor/${file}`)) continue
      assert.ok(source.includes(from), `${file} still has the text that the mutation replaces`)
      source = source.replace(from, () => to)
      applied.add(`${mutant} ${file} ${from}`)
    }
    return { ...loaded, source }
  },
})
const applied = new Set<string>()

for (const [index, [mistake, mutations]] of Object.entries(MUTANTS).entries())
  test(`the simulation notices when ${mistake}`, async () => {
    const { runScenario } = (await import(`./scenario.ts?mutant=${index}`)) as typeof Scenario
    assert.equal([...applied].filter(text => text.startsWith(`${index} `)).length, mutations.length)
    for (let seed = 1; seed <= SEEDS_MAX; seed++) {
      const found = await runScenario(seed).then(
        () => false,
        () => true,
      )
      if (found) return
    }
    assert.fail(`${SEEDS_MAX} seeds ran without a violation`)
  })
