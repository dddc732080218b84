import type { Pin } from '../../executor/history.ts'
import type { ParsedStatement } from '../../planner/parse/index.ts'
import { meantSchema, tempSchemaOf } from '../../planner/temp-schema.ts'
import { type Condition, SqlError } from '../../types/error.ts'
import type { Schema, Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { Frame, Messages } from '../protocol/frames.ts'
import { notice, parameterStatus } from '../protocol/replies.ts'
import type { StatementContext } from '../statements/index.ts'
import { settingsAtStart } from '../statements/role-settings.ts'
import { unlockAll } from '../system-tables/advisory-locks.ts'
import { systemRelation } from '../system-tables/index.ts'
import { dismiss, enrol, type SystemSession } from '../system-tables/sessions.ts'
import { type Mark, Transaction } from '../transaction/transaction.ts'
import { Cancellation } from './cancellation.ts'
import { Channels } from './channels.ts'
import { Identity } from './identity.ts'
import type { Rows } from './rows.ts'
import { mayGoBack } from './scroll-rows.ts'
import { isOn } from './setting-checks.ts'
import { SessionSettings, type SettingsMark } from './settings.ts'
import { StatementGroup } from './statement-group.ts'
import { StatementShapes } from './statement-shapes.ts'
import { TransactionBlock } from './transaction-block.ts'
import type { Place } from './updatable-cursor.ts'

/** A statement that is ready to run, any number of times. */
export interface Runnable {
  readonly schema: Schema | undefined
  readonly parameters: readonly Type[]
  run(values: readonly Value[]): Promise<Outcome>
}

export interface Outcome {
  /** Command tag; a function of the number of rows sent. */
  readonly tag: string | ((rows: number) => string)
  readonly rows?: Rows | undefined
}

/** A prepared statement; `parsed` undefined: an empty one. */
export interface PreparedStatement {
  readonly sql: string
  readonly parsed: ParsedStatement | undefined
  readonly runnable: Runnable
}

/** A statement with values, perhaps half fetched. Cursors of SQL are portals too. */
export interface Portal {
  readonly name: string
  readonly statement: PreparedStatement
  readonly values: readonly Value[]
  readonly formats: readonly number[]
  readonly abort: AbortController
  /** Outlives its transaction block (WITH HOLD). */
  readonly hold: boolean
  /** It was declared: by that subscription, or ''. */
  readonly declared?: string
  /** Where it stands among the rows of its table. */
  readonly place?: Place
  outcome?: Outcome
}

export type SharedContext = Omit<
  StatementContext,
  'session' | 'signal' | 'notice' | 'systemRelation' | 'cursorRow' | 'now'
>

const STATEMENTS_MAX = 10_000
const PORTALS_MAX = 1000

/** Makes a cursor of SQL: a portal that has begun, to be fetched from. */
export function openCursor(
  session: Session,
  parsed: ParsedStatement,
  schema: Schema | undefined,
  outcome: Outcome,
  {
    binary = false,
    ...portal
  }: Pick<Portal, 'name' | 'hold' | 'place'> & { declared: string; binary?: boolean },
): Outcome {
  const runnable: Runnable = { schema, parameters: [], run: async () => ({ tag: outcome.tag }) }
  session.addPortal({
    ...portal,
    statement: { sql: parsed.text, parsed, runnable },
    values: [],
    formats: binary ? [1] : [],
    abort: session.cancellation.controller ?? new AbortController(),
    outcome,
  })
  return { tag: 'DECLARE CURSOR' }
}

/** What a savepoint of a session goes back to; portals: those that were there. */
interface SessionMark {
  readonly changes: Mark
  readonly settings: SettingsMark
  readonly portals: ReadonlySet<Portal>
}

/** What one client has made: settings, prepared statements, portals, a transaction block. */
export class Session {
  readonly out: Messages
  readonly settings: SessionSettings
  readonly block: TransactionBlock<SessionMark>
  /** What the block changed. */
  readonly transaction = new Transaction(() => this.context)
  /** What the message changes that is being answered. */
  readonly group: StatementGroup
  readonly cancellation = new Cancellation()
  readonly shapes = new StatementShapes()
  readonly context: StatementContext
  /** The client's next message, after what was written is sent; undefined: it is gone. */
  receive: () => Promise<Frame | undefined> = async () => undefined
  /** Whether the client has sent a Sync right behind the message that is being answered. */
  isSynced: () => boolean = () => true
  /** Sends what was written. */
  flush: () => Promise<void> = async () => {}
  /** What others see of it (pg_stat_activity). */
  readonly system: SystemSession
  readonly #number: number
  readonly #statements = new Map<string, PreparedStatement>()
  readonly #portals = new Map<string, Portal>()
  /** Cursors that were there before the block began: it may end as it will. */
  #heldBefore: ReadonlySet<Portal> = new Set()
  /** What the read-only block reads, once it has begun to. */
  #snapshot: Pin | undefined
  /** When a statement of the message that is being answered first asked for the time. */
  #answeringSinceMs: number | undefined

  /** Throws SqlError for a setting that cannot be. */
  constructor(
    out: Messages,
    user: string,
    database: string,
    initial: ReadonlyMap<string, string>,
    shared: SharedContext,
  ) {
    this.out = out
    const { catalogs, runtime } = shared
    const identity = new Identity(user, () => catalogs.current.roles)
    const fixed = (key: string): string | undefined => {
      if (key === 'database') return database
      if (key === 'max_connections' && shared.connectionsMax !== undefined)
        return String(shared.connectionsMax)
      if (key === 'transaction_read_only') return this.block.readOnly ? 'on' : 'off'
      if (key === 'is_superuser') return identity.superuser ? 'on' : 'off'
      return key === 'session_authorization' ? user : undefined
    }
    const settings = new SessionSettings({
      fixed,
      allow: (key, value) => identity.check(key, value),
      reported: (name, value) => parameterStatus(out, name, value),
      stored: settingsAtStart(catalogs.current, user, database),
      initial,
      refused: message => this.notice(message, 'WARNING'),
    })
    this.settings = settings
    identity.follow(name => settings.get(name))
    this.block = new TransactionBlock({
      warn: (message, condition) => this.notice(message, 'WARNING', condition),
      defaultReadOnly: () => isOn(settings.get('default_transaction_read_only')),
      setDefaultReadOnly: value => settings.set('default_transaction_read_only', value ? 'on' : 'off'),
      began: () => {
        settings.begin()
        this.#heldBefore = new Set([...this.#portals.values()].filter(({ hold }) => hold))
        this.system.blockStartedAtMs = Date.now()
      },
      ended: kept => {
        settings.end(kept)
        this.system.channels.ended(kept)
        this.system.blockStartedAtMs = 0
        this.closePortals(portal => !(portal.hold && (kept || this.#heldBefore.has(portal))))
        this.#heldBefore = new Set()
        this.#release()
        this.transaction.end()
      },
      hasChanges: () => this.transaction.hasChanges,
      mark: () => ({
        changes: this.transaction.mark(),
        settings: settings.mark(),
        portals: new Set(this.#portals.values()),
      }),
      goBack: mark => {
        this.transaction.goBack(mark.changes)
        settings.goBack(mark.settings)
        this.closePortals(portal => portal.declared !== undefined && !mark.portals.has(portal))
      },
    })
    const creationPath = () => {
      const wanted = settings.get('search_path').split(',')
      const names = wanted.map(name => name.trim().replace(/^"(.*)"$/, '$1'))
      const known = (name: string) => shared.catalogs.current.hasSchema(settings.get('database'), name)
      const own = identity.user
      return names
        .map(name => (name === '$user' ? own : meantSchema(name, this.#number)))
        .filter(name => name !== '' && (name !== own || known(name)))
    }
    const searchPath = () => {
      const path = creationPath()
      const temporary = tempSchemaOf(this.#number)
      const isThere = shared.catalogs.current.hasSchema(settings.get('database'), temporary)
      return !isThere || path.includes(temporary) ? path : [temporary, ...path]
    }
    const { block, cancellation, transaction } = this
    const group = new StatementGroup(transaction, {
      catalog: () => catalogs.current,
      prepared: name => this.#statements.get(name)?.parsed?.statement,
      committed: () => this.system.channels.ended(true),
    })
    this.group = group
    // Settings decide who and where the session is (SET database, ROLE, SESSION AUTHORIZATION), so they are asked each time.
    const who = () => ({
      get database() {
        return settings.get('database')
      },
      get user() {
        return identity.user
      },
      get sessionUser() {
        return identity.sessionUser
      },
      get declared() {
        return identity.declared
      },
    })
    this.system = Object.assign(who(), {
      settings,
      searchPath,
      creationPath,
      catalogs,
      runtime,
      pid: 0,
      client: undefined,
      query: '',
      queryStartedAtMs: 0,
      active: false,
      startedAtMs: Date.now(),
      sleepMs: 0,
      locks: [],
      channels: new Channels(catalogs),
      cursors: () =>
        [...this.#portals.values()].flatMap(({ name, declared, statement, hold, formats, outcome }) => {
          if (declared === undefined) return []
          const scrollable = outcome?.rows !== undefined && mayGoBack(outcome.rows)
          const binary = formats.includes(1)
          return [{ name, subscription: declared, text: statement.sql, hold, binary, scrollable }]
        }),
      prepared: () =>
        [...this.#statements].flatMap(([name, { sql, runnable }]) =>
          name === '' ? [] : [{ name, text: sql, parameters: runnable.parameters }],
        ),
      cancel: () => cancellation.cancel('user request'),
      end: () => {},
      stateChangedAtMs: Date.now(),
      blockStatus: () => block.status,
      blockStartedAtMs: 0,
    })
    const number = enrol(this.system)
    this.#number = number
    this.context = {
      ...shared,
      session: Object.assign(who(), { settings, searchPath, creationPath, number }),
      systemRelation: (schema, name) => systemRelation(schema, name, number),
      get signal() {
        return cancellation.controller?.signal
      },
      notice: message => this.notice(message),
      get transaction() {
        // A block that has changed something may have become read-only since: it reads what it has changed.
        return block.holdsChanges || group.isOpen || transaction.hasChanges ? transaction : undefined
      },
      now: () => {
        this.#answeringSinceMs ??= Date.now()
        return BigInt(this.system.blockStartedAtMs || this.#answeringSinceMs) * 1000n
      },
      cursorRow: cursor => {
        const { place } = this.portal(cursor, 'cursor')
        return place && { table: place.table, columns: place.columns, values: place.row ?? [] }
      },
      snapshot: () => {
        if (block.status === 'I' || !block.readOnly || transaction.hasChanges) return undefined
        this.#snapshot ??= runtime.pin()
        return this.#snapshot
      },
    }
  }

  notice(
    message: string,
    severity: 'NOTICE' | 'WARNING' = 'NOTICE',
    condition: Condition = 'successful_completion',
  ): void {
    const least = this.settings.get('client_min_messages').toLowerCase()
    if (least === 'error' || (least === 'warning' && severity === 'NOTICE')) return
    notice(this.out, severity, condition, message)
  }

  /** A message, or all up to a Sync, has been answered. */
  answered(): void {
    this.#answeringSinceMs = undefined
  }

  /** The client has left. */
  close(): void {
    this.closePortals(() => true)
    this.#release()
    this.transaction.end()
    unlockAll(this.system)
    this.system.channels.close()
    dismiss(this.#number)
  }

  #release(): void {
    this.#snapshot?.release()
    this.#snapshot = undefined
  }

  /** Throws 26000. */
  statement(name: string): PreparedStatement {
    const found = this.#statements.get(name)
    if (found !== undefined) return found
    const message =
      name === ''
        ? 'unnamed prepared statement does not exist'
        : `prepared statement "${name}" does not exist`
    throw new SqlError('invalid_sql_statement_name', message)
  }

  hasStatement(name: string): boolean {
    return this.#statements.has(name)
  }

  /** Throws 42P05 for a name that is taken; the unnamed one is replaced. */
  addStatement(name: string, statement: PreparedStatement): void {
    if (name !== '' && this.#statements.has(name))
      throw new SqlError('duplicate_prepared_statement', `prepared statement "${name}" already exists`)
    if (this.#statements.size >= STATEMENTS_MAX)
      throw new SqlError(
        'program_limit_exceeded',
        `a session has at most ${STATEMENTS_MAX} prepared statements`,
      )
    this.#statements.set(name, statement)
  }

  /** undefined: all of them, but the unnamed one. */
  dropStatement(name: string | undefined): void {
    if (name !== undefined) this.#statements.delete(name)
    else for (const each of [...this.#statements.keys()]) if (each !== '') this.#statements.delete(each)
  }

  /** Throws 34000. */
  portal(name: string, what: 'portal' | 'cursor' = 'portal'): Portal {
    const found = this.#portals.get(name)
    if (found === undefined) throw new SqlError('invalid_cursor_name', `${what} "${name}" does not exist`)
    return found
  }

  /** Throws 42P03 for a name that is taken; the unnamed one is replaced. */
  addPortal(portal: Portal): void {
    const { name } = portal
    if (name === '') this.closePortals(other => other.name === '')
    else if (this.#portals.has(name))
      throw new SqlError('duplicate_cursor', `cursor "${name}" already exists`)
    if (this.#portals.size >= PORTALS_MAX)
      throw new SqlError('program_limit_exceeded', `a session has at most ${PORTALS_MAX} open cursors`)
    this.#portals.set(name, portal)
  }

  closePortals(which: (portal: Portal) => boolean): void {
    for (const portal of [...this.#portals.values()]) {
      if (!which(portal)) continue
      portal.outcome?.rows?.close()
      this.#portals.delete(portal.name)
    }
  }
}
