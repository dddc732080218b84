import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { EpochStats, StateObject, Version } from './contract.ts'

/** Changes when the tables below do: an older file is thrown away and made anew. */
const FORMAT = 1
const EPOCHS_KEPT = 10_000
const TRIM_EVERY = 500

const TABLES = `
  create table about (format integer, bucket_id text, generation text, sequence integer, epoch integer, catalog text);
  create table objects (key text primary key, size integer, "from" integer, "to" integer, tables text) without rowid;
  create table offsets (relation integer, split text, "offset" text, primary key (relation, split)) without rowid;
  create table cursors (name text primary key, epoch integer) without rowid;
  create table epochs (
    epoch integer primary key, at_ms real, barrier_ms real, seal_ms real, upload_ms real, "rows" integer, bytes integer)`

/**
 * The epoch log's local materialized view in SQLite: the version of the last commit and the history of epochs. All of it
 * comes from the log; a file that is missing, old, damaged or of another bucket is made anew and loses nothing but history.
 */
export class Metadata {
  readonly #path: string
  readonly #warn: (message: string) => void
  #db: Database.Database | undefined
  #objects: ReadonlySet<StateObject> = new Set()
  #sinceTrim = 0

  constructor(path: string, warn: (message: string) => void) {
    this.#path = path
    this.#warn = warn
  }

  /** A server recovered this version. */
  recovered(version: Version): void {
    this.#guarded(() => {
      if (this.#db === undefined) this.#open(version.bucketId)
      this.#write(version)
    })
  }

  /** The version follows from the one before by the commit of one epoch. */
  committed(stats: EpochStats, version: Version): void {
    this.#guarded(() => {
      if (this.#db === undefined) this.#open(version.bucketId)
      this.#write(version, stats)
    })
  }

  /** The last epochs, newest last; those before a restart too. */
  epochs(limit = 1000): readonly EpochStats[] {
    const rows = this.#read<EpochStats>(
      `select epoch, at_ms as atMs, barrier_ms as barrierMs, seal_ms as sealMs, upload_ms as uploadMs, "rows", bytes
       from epochs order by epoch desc limit ${limit}`,
    )
    return rows.reverse()
  }

  /** State objects of the last version, oldest epochs first. */
  objects(): readonly StateObject[] {
    const rows = this.#read<Omit<StateObject, 'tables'> & { tables: string }>(
      'select key, size, "from", "to", tables from objects order by "from", "to"',
    )
    return rows.map(row => ({ ...row, tables: JSON.parse(row.tables) as Record<string, number> }))
  }

  close(): void {
    this.#db?.close()
    this.#db = undefined
  }

  #open(bucketId: string): void {
    mkdirSync(dirname(this.#path), { recursive: true })
    let db = this.#connect()
    if (!isOurs(db, bucketId)) {
      db.close()
      this.#remove()
      db = this.#connect()
      db.exec(TABLES)
      db.prepare('insert into about values (?, ?, ?, ?, ?, ?)').run(FORMAT, bucketId, '', 0, 0, null)
    }
    this.#db = db
    this.#objects = new Set()
    db.exec('delete from objects')
  }

  #connect(): Database.Database {
    let db: Database.Database
    try {
      db = new Database(this.#path, { timeout: 100 })
      db.pragma('journal_mode = wal')
    } catch {
      this.#remove()
      db = new Database(this.#path, { timeout: 100 })
      db.pragma('journal_mode = wal')
    }
    // Derived data: a crash of the machine may damage it, and then it is made anew.
    db.pragma('synchronous = off')
    return db
  }

  #remove(): void {
    for (const suffix of ['', '-wal', '-shm'])
      if (existsSync(this.#path + suffix)) rmSync(this.#path + suffix)
  }

  #write(version: Version, stats?: EpochStats): void {
    const db = this.#db!
    const objects = new Set(version.objects)
    db.transaction(() => {
      db.prepare('update about set generation = ?, sequence = ?, epoch = ?, catalog = ?').run(
        version.generation,
        version.sequence,
        version.epoch,
        version.catalog ?? null,
      )
      const drop = db.prepare('delete from objects where key = ?')
      for (const object of this.#objects) if (!objects.has(object)) drop.run(object.key)
      const add = db.prepare('insert or replace into objects values (?, ?, ?, ?, ?)')
      for (const object of objects)
        if (!this.#objects.has(object))
          add.run(object.key, object.size, object.from, object.to, JSON.stringify(object.tables))
      writeOffsets(db, version)
      if (stats !== undefined) this.#writeEpoch(db, stats)
    })()
    this.#objects = objects
  }

  #writeEpoch(db: Database.Database, stats: EpochStats): void {
    db.prepare('insert or replace into epochs values (?, ?, ?, ?, ?, ?, ?)').run(
      stats.epoch,
      stats.atMs,
      stats.barrierMs,
      stats.sealMs,
      stats.uploadMs,
      stats.rows,
      stats.bytes,
    )
    if (++this.#sinceTrim < TRIM_EVERY) return
    this.#sinceTrim = 0
    db.prepare('delete from epochs where epoch <= ?').run(stats.epoch - EPOCHS_KEPT)
  }

  #read<T>(sql: string): T[] {
    let rows: T[] = []
    this.#guarded(() => {
      rows = (this.#db?.prepare(sql).all() ?? []) as T[]
    })
    return rows
  }

  /** Nothing depends on this file, so its failures stop nobody: the next epoch opens it anew. */
  #guarded(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#warn(`metadata in ${this.#path}: ${error}; it is made anew`)
      try {
        this.close()
        this.#remove()
      } catch {
        this.#db = undefined
      }
    }
  }
}

function isOurs(db: Database.Database, bucketId: string): boolean {
  try {
    const about = db.prepare('select format, bucket_id from about').get()
    const { format, bucket_id } = (about ?? {}) as { format?: number; bucket_id?: string }
    return format === FORMAT && bucket_id === bucketId
  } catch {
    return false
  }
}

function writeOffsets(db: Database.Database, version: Version): void {
  db.exec('delete from offsets; delete from cursors')
  const offset = db.prepare('insert into offsets values (?, ?, ?)')
  for (const [relation, splits] of Object.entries(version.offsets))
    for (const [split, at] of Object.entries(splits)) offset.run(Number(relation), split, at)
  const cursor = db.prepare('insert into cursors values (?, ?)')
  for (const [name, epoch] of Object.entries(version.cursors)) cursor.run(name, epoch)
}
