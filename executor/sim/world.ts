import type { Host } from '../../types/host.ts'

interface Event {
  readonly at: number
  /** Orders events of one moment: drawn from the seed, so that seeds explore interleavings. */
  readonly tie: number
  run(): void
  cancelled: boolean
}

/** Of a process that is gone: its promises never settle. */
export const NEVER = new Promise<never>(() => {})

/** A server process as the world sees it. */
export interface Incarnation {
  readonly host: Host
  readonly state: 'running' | 'suspended' | 'dead'
  kill(): void
  suspend(): void
  resume(): void
  /**
   * A request to a system outside. It is applied after a while, even when the process has died meanwhile, and answered after another.
   * Faults lose the request, or only the answer.
   */
  request<R>(apply: () => R): Promise<R>
}

export interface Faults {
  /** Longest way of a request or an answer, milliseconds. */
  delayMs: number
  failBefore: number
  failAfter: number
  /** Chance that a crash point kills. */
  crash: number
}

/** Virtual time and everything outside of the processes; a seed decides every choice. */
export class World {
  readonly faults: Faults = { delayMs: 5, failBefore: 0, failAfter: 0, crash: 0 }
  readonly hits = new Map<string, number>()
  #now = 1_700_000_000_000
  #events: Event[] = []
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  get now(): number {
    return this.#now
  }

  random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  chance(probability: number): boolean {
    return this.random() < probability
  }

  /** Runs until `done` settles; throws when nothing is left to happen, or after `limitMs` of virtual time. */
  async run<R>(done: Promise<R>, limitMs = 600_000): Promise<R> {
    let settled = false
    done.then(
      () => {
        settled = true
      },
      () => {
        settled = true
      },
    )
    const end = this.#now + limitMs
    for (;;) {
      await new Promise<void>(resolve => setImmediate(resolve))
      if (settled) return await done
      const event = this.#next()
      if (event === undefined) throw new Error('the world stands still')
      if (event.at > end) throw new Error(`not done after ${limitMs} ms of virtual time`)
      this.#now = event.at
      event.run()
    }
  }

  sleep(ms: number): Promise<void> {
    return new Promise(resolve => this.#at(ms, resolve))
  }

  start(): Incarnation {
    let state: Incarnation['state'] = 'running'
    const asleep: (() => void)[] = []
    const world = this
    /** Runs in the process, now or when it wakes up, or never. */
    const inProcess = (act: () => void): void => {
      if (state === 'running') act()
      else if (state === 'suspended') asleep.push(act)
    }
    const host: Host = {
      now: () => world.#now,
      monotonic: () => world.#now,
      random: () => world.random(),
      randomBytes: length => Uint8Array.from({ length }, () => Math.floor(world.random() * 256)),
      sleep(ms, signal) {
        return new Promise(resolve => {
          if (signal?.aborted) {
            resolve()
            return
          }
          const event = world.#at(ms, () => inProcess(resolve))
          signal?.addEventListener('abort', () => {
            event.cancelled = true
            inProcess(resolve)
          })
        })
      },
      crashPoint(id) {
        world.hits.set(id, (world.hits.get(id) ?? 0) + 1)
        if (state === 'dead' || !world.chance(world.faults.crash)) return
        state = 'dead'
        throw new Error(`killed at ${id}`)
      },
    }
    return {
      host,
      get state() {
        return state
      },
      kill() {
        state = 'dead'
      },
      suspend() {
        if (state === 'running') state = 'suspended'
      },
      resume() {
        if (state === 'suspended') state = 'running'
        for (const act of asleep.splice(0)) inProcess(act)
      },
      request(apply) {
        if (state === 'dead') return NEVER
        return new Promise((resolve, reject) => {
          world.#at(world.#delay(), () => {
            let answer: () => void
            if (world.chance(world.faults.failBefore)) answer = () => reject(new Unreachable('request lost'))
            else
              try {
                const result = apply()
                answer = () => resolve(result)
                if (world.chance(world.faults.failAfter))
                  answer = () => reject(new Unreachable('answer lost'))
              } catch (error) {
                answer = () => reject(error)
              }
            world.#at(world.#delay(), () => inProcess(answer))
          })
        })
      },
    }
  }

  #delay(): number {
    return this.random() * this.faults.delayMs
  }

  #at(ms: number, run: () => void): Event {
    const event: Event = { at: this.#now + ms, tie: this.random(), run, cancelled: false }
    this.#events.push(event)
    return event
  }

  #next(): Event | undefined {
    this.#events = this.#events.filter(event => !event.cancelled)
    let first: Event | undefined
    for (const event of this.#events)
      if (first === undefined || event.at < first.at || (event.at === first.at && event.tie < first.tie))
        first = event
    if (first !== undefined) this.#events.splice(this.#events.indexOf(first), 1)
    return first
  }
}

/** A request that was not answered. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}
