import { closeSync, constants, fsync, open, openSync, writev } from 'node:fs'
import {
  type FileHandle,
  link,
  mkdir,
  open as openFile,
  readdir,
  rename,
  rm,
  stat,
  unlink,
} from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { ObjectStore } from './contract.ts'
import { type Body, partsOf, sizeOf } from './parts.ts'
import { StoreError } from './store-error.ts'
import { newStoreStats } from './store-stats.ts'

// Under load every step costs a turn of the event loop: only what waits for the disk leaves the thread.
const opened = promisify(open)
const written = promisify(
  (file: number, parts: readonly Uint8Array[], done: (error: Error | null, bytes: number) => void) =>
    writev(file, parts, (error, bytes) => done(error, bytes)),
)
const fsynced = promisify(fsync)
/** Of one call (IOV_MAX). */
const PARTS_MAX = 1024
/** Half-written objects lie here; nothing in it is ever listed. */
const TEMPORARY = '.tmp'

/**
 * A folder as an object store. An object is written and fsynced under a temporary name, then takes its key by rename
 * (put) or link (putIfAbsent, atomic among processes), then its folder is fsynced: a key that was answered for survives
 * a power cut, and no key ever names half an object.
 */
export async function openFolder(path: string): Promise<ObjectStore> {
  const root = resolve(path)
  const store = new FolderStore(path, root)
  await store.prepare()
  return store
}

class FolderStore implements ObjectStore {
  readonly name: string
  readonly stats = newStoreStats()
  readonly #root: string
  /** Folders known to exist, durably. */
  readonly #folders = new Set<string>()

  constructor(path: string, root: string) {
    this.name = `folder ${path}`
    this.#root = root
  }

  async prepare(): Promise<void> {
    await guarded('open', this.name, async () => {
      const temporary = join(this.#root, TEMPORARY)
      await mkdir(temporary, { recursive: true })
      // Left behind by a crash. Another server on the folder would lose its unfinished writes, and it is fenced anyway.
      for (const name of await readdir(temporary)) {
        if (await abandoned(temporary, name)) await rm(join(temporary, name), { force: true })
      }
      await syncFolder(dirname(this.#root))
      await syncFolder(this.#root)
    })
    this.#folders.add(this.#root)
  }

  async put(key: string, body: Body): Promise<void> {
    const path = this.#path(key)
    const parts = partsOf(body)
    this.stats.puts++
    this.stats.bytesPut += sizeOf(parts)
    await guarded('put', key, async () => {
      const temporary = await this.#write(parts)
      await this.#makeFolder(dirname(path))
      await rename(temporary, path)
      await syncFolder(dirname(path))
    })
  }

  async putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    const path = this.#path(key)
    this.stats.puts++
    this.stats.bytesPut += body.length
    return guarded('put', key, async () => {
      const temporary = await this.#write([body])
      let gone: Promise<void>
      try {
        await this.#makeFolder(dirname(path))
        await link(temporary, path)
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return false
        throw error
      } finally {
        gone = unlink(temporary)
        gone.catch(() => {})
      }
      await Promise.all([gone, syncFolder(dirname(path))])
      return true
    })
  }

  async get(key: string, range?: { from: number; to: number }): Promise<Uint8Array | undefined> {
    const path = this.#path(key)
    this.stats.gets++
    return guarded('get', key, async () => {
      let file: FileHandle
      try {
        file = await openFile(path, constants.O_RDONLY)
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined
        throw error
      }
      try {
        const size = (await file.stat()).size
        const from = Math.min(range?.from ?? 0, size)
        const body = new Uint8Array(Math.max(0, Math.min(range?.to ?? size, size) - from))
        let at = 0
        while (at < body.length) {
          const { bytesRead } = await file.read(body, at, body.length - at, from + at)
          if (bytesRead === 0) throw new Error('the file became shorter while it was read')
          at += bytesRead
        }
        this.stats.bytesGot += body.length
        return body
      } finally {
        await file.close()
      }
    })
  }

  async *list(prefix: string, after = ''): AsyncIterable<string> {
    this.stats.lists++
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (folder !== '') this.#path(folder.slice(0, -1))
    for await (const key of this.#walk(folder, prefix, after)) yield key
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const path = this.#path(key)
      this.stats.deletes++
      await guarded('delete', key, () => rm(path, { force: true }))
    }
  }

  async *#walk(folder: string, prefix: string, after: string): AsyncIterable<string> {
    const entries = await guarded('list', folder, () => entriesOf(join(this.#root, folder)))
    // A folder sorts as its keys do: by its name with the separator.
    const names = entries.map(entry => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    names.sort(byBytes)
    for (const name of names) {
      const key = folder + name
      if (key === `${TEMPORARY}/`) continue
      if (name.endsWith('/')) {
        const inside = key.startsWith(prefix) || prefix.startsWith(key)
        if (inside && (after.startsWith(key) || byBytes(key, after) > 0))
          yield* this.#walk(key, prefix, after)
      } else if (key.startsWith(prefix) && byBytes(key, after) > 0) yield key
    }
  }

  /** Writes a file of no name yet, durably. */
  async #write(parts: readonly Uint8Array[]): Promise<string> {
    const path = join(this.#root, TEMPORARY, `${process.pid}-${unique}-${temporaryCount++}`)
    const { O_WRONLY, O_CREAT, O_EXCL, O_DSYNC } = constants
    const file = await opened(path, O_WRONLY | O_CREAT | O_EXCL | O_DSYNC)
    try {
      // All in one call, not a turn for every half megabyte as writeFile has it.
      for (let rest = parts; rest.length > 0; )
        rest = behind(rest, await written(file, rest.slice(0, PARTS_MAX)))
    } finally {
      closeSync(file)
    }
    return path
  }

  async #makeFolder(path: string): Promise<void> {
    if (this.#folders.has(path)) return
    await this.#makeFolder(dirname(path))
    await mkdir(path, { recursive: true })
    await syncFolder(dirname(path))
    this.#folders.add(path)
  }

  #path(key: string): string {
    const bad = key.split('/').some(part => part === '' || part === '.' || part === '..')
    if (bad || key.includes('\0') || key.includes('\\') || key.startsWith(`${TEMPORARY}/`))
      throw new StoreError('use', JSON.stringify(key), 'not a key', { retryable: false })
    return join(this.#root, key)
  }
}

/** What is left of the parts after so many bytes. */
function behind(parts: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let at = 0
  let left = bytes
  while (at < parts.length && parts[at]!.length <= left) left -= parts[at++]!.length
  return left === 0 ? parts.slice(at) : [parts[at]!.subarray(left), ...parts.slice(at + 1)]
}

let temporaryCount = 0
/** Differs between threads of one process. */
const unique = `${process.hrtime.bigint().toString(36)}${Math.floor(performance.timeOrigin).toString(36)}`

async function entriesOf(path: string) {
  try {
    return await readdir(path, { withFileTypes: true })
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return []
    throw error
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = openSync(path, constants.O_RDONLY)
  try {
    await fsynced(folder)
  } finally {
    closeSync(folder)
  }
}

async function guarded<R>(operation: string, key: string, act: () => Promise<R>): Promise<R> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof StoreError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    const retryable = ['EIO', 'EAGAIN', 'EMFILE', 'ENFILE', 'ENOSPC', 'EBUSY'].includes(codeOf(error) ?? '')
    throw new StoreError(operation, key, reason, { retryable, cause: error })
  }
}

const ABANDONED_MS = 86_400_000

/** The process that wrote it is gone, or (process ids come again, in containers above all) it is a day old. */
async function abandoned(folder: string, name: string): Promise<boolean> {
  if (!alive(Number(name.split('-')[0]))) return true
  try {
    return Date.now() - (await stat(join(folder, name))).mtimeMs > ABANDONED_MS
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

function alive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
