import type { BackfillPace } from '../executor/runtime-contract.ts'
import type { FormatSpec } from '../types/connector.ts'
import type { Expression, Job, Order, RelationId } from '../types/job.ts'
import { fromJson, toJson } from '../types/json.ts'
import type { Type } from '../types/type.ts'
import type { Modifier } from '../types/type-modifier.ts'
import {
  changeGrant,
  type DefaultGrant,
  type Grant,
  isMeant,
  publicRights,
  type RoleDef,
  type RoleSettings,
} from './access.ts'
import { type ConstraintDef, foreignKeysOf, type Reference } from './constraint-def.ts'
import type { FunctionDef } from './function-def.ts'
import type { JobSettings } from './job-settings.ts'
import type { DatabaseSettings } from './parse/database.ts'
import type { SecretDef } from './secret-def.ts'
import type { SequenceDef } from './sequence-def.ts'
import { numberAfter, retyped, type TypeDef, typeOf } from './type-def.ts'

export type RelationKind =
  | 'table'
  | 'source'
  | 'view'
  | 'materialized view'
  | 'index'
  | 'sink'
  | 'subscription'
  | 'sequence'

export type IdentityKind = 'always' | 'by default'

export interface ColumnDef {
  readonly name: string
  readonly type: Type
  /** What `(…)` behind the type name limits. */
  readonly modifier?: Modifier
  readonly notNull: boolean
  /** Default, bound over no columns; evaluated at INSERT. */
  readonly default?: Expression
  /** Functions of users that the default or the generated column calls, and sequences. */
  readonly uses?: readonly number[]
  /** SQL text of the default or of the generated column, for SHOW CREATE and catalogs. */
  readonly expressionSql?: string
  /** Generated column, bound over the columns that are not generated. */
  readonly generated?: Expression
  /** It is numbered: always, or where no value is given. */
  readonly identity?: IdentityKind
  /** Taken away by ALTER TABLE: its place stays, its name cannot be written. */
  readonly dropped?: true
  /** Not part of `*`. */
  readonly hidden?: boolean
  readonly comment?: string
}

/** Positions of the columns that `*` names. */
export function shownPositions({ columns }: Pick<Relation, 'columns'>): number[] {
  return columns.flatMap((column, i) => (column.hidden === true ? [] : [i]))
}

/** Positions of those that statements give values to. */
export function writablePositions({ columns }: Pick<Relation, 'columns'>): number[] {
  return columns.flatMap((c, i) => (c.generated === undefined && c.hidden !== true ? [i] : []))
}

/** When a row of a table or a materialized view was last written; kept beside the rows, not among their columns. */
export const ROW_TIME_COLUMN = '_rw_timestamp'

/** Whether a text names it; if it names something else, no harm is done. */
export function namesRowTime(sql: string): boolean {
  return sql.toLowerCase().includes(ROW_TIME_COLUMN)
}

export interface IndexKey {
  readonly sql: string
  /** Over the columns of the indexed relation. */
  readonly expression: Expression
  /** Of the index's own column. */
  readonly order: Order
}

/** The index's own columns are its keys, then the columns included. */
export interface IndexDef {
  readonly on: RelationId
  /** Columns of the indexed relation by key; -1: an expression. */
  readonly columns: readonly number[]
  readonly include: readonly number[]
  readonly keys: readonly IndexKey[]
  /** So many keys place a row. */
  readonly distributedBy: number
}

export interface Relation {
  /** Also the OID. Never reused. */
  readonly id: RelationId
  readonly database: string
  readonly schema: string
  readonly name: string
  readonly kind: RelationKind
  /** The CREATE statement as the user wrote it. */
  readonly sql: string
  /** For views: the query's text alone. */
  readonly query?: string
  readonly columns: readonly ColumnDef[]
  /** Primary (or derived unique) key, column positions. */
  readonly key: readonly number[]
  /** A PRIMARY KEY was declared. */
  readonly declaredKey: boolean
  /** Its name, where CONSTRAINT gave one. */
  readonly keyName?: string
  /** What rows that statements write must hold. */
  readonly constraints?: readonly ConstraintDef[]
  readonly appendOnly: boolean
  readonly conflict?: 'overwrite' | 'ignore' | 'update-if-not-null'
  readonly watermarks?: readonly {
    readonly column: number
    /** Over the relation's columns. */
    readonly expression: Expression
    readonly sql: string
    /** WITH TTL: rows below it leave the table. */
    readonly ttl?: true
  }[]
  readonly options: Readonly<Record<string, string>>
  /** Options whose values are secrets, by number; they are not among `options`. */
  readonly secrets?: Readonly<Record<string, number>>
  readonly format?: FormatSpec
  readonly include?: readonly { readonly what: string; readonly name: string }[]
  /** Relations this one reads or indexes (direct). */
  readonly dependsOn: readonly RelationId[]
  readonly index?: IndexDef
  readonly sequence?: SequenceDef
  /** CREATE SINK … INTO target. */
  readonly into?: RelationId
  readonly job?: Job
  readonly asked?: JobSettings
  /** How the job reads what its inputs hold when it is made. */
  readonly pace?: BackfillPace
  /** Rows a second that statements write into the table. */
  readonly writeRate?: number
  /** Its statement did not wait for that (background_ddl). */
  readonly background?: true
  /** Of a temporary table: what the end of a transaction does to it. */
  readonly onCommit?: 'delete rows' | 'drop'
  readonly owner: string
  readonly comment?: string
  readonly createdAtMs: number
}

export interface SchemaDef {
  readonly id: number
  readonly database: string
  readonly name: string
  readonly owner: string
  readonly comment?: string
}
export interface DatabaseDef {
  readonly id: number
  readonly name: string
  readonly owner: string
  readonly asked?: DatabaseSettings
  readonly comment?: string
}

/** Immutable: a change makes a new one. The JSON of `document` is what the epoch log keeps. */
export class Catalog {
  readonly #document: CatalogDocument
  readonly #byId: ReadonlyMap<number, Relation>
  readonly #byName: ReadonlyMap<string, Relation>
  /** By the table that is referred to; made when it is asked for. */
  #references: ReadonlyMap<RelationId, readonly Reference<Relation>[]> | undefined

  private constructor(document: CatalogDocument) {
    this.#document = document
    this.#byId = new Map(document.relations.map(relation => [relation.id, relation]))
    this.#byName = new Map(document.relations.map(r => [nameKey(r.database, r.schema, r.name), r]))
  }

  static empty(): Catalog {
    return new Catalog({
      version: 1,
      nextId: FIRST_ID + 2,
      databases: [{ id: FIRST_ID, name: DEFAULT_DATABASE, owner: 'root' }],
      schemas: [{ id: FIRST_ID + 1, database: DEFAULT_DATABASE, name: 'public', owner: 'root' }],
      relations: [],
    })
  }

  static parse(json: string | undefined): Catalog {
    return json === undefined ? Catalog.empty() : new Catalog(fromJson(json) as CatalogDocument)
  }

  /** Relations are written once: most are the same in the next catalog. */
  toJson(): string {
    const { relations, ...rest } = this.#document
    return `${toJson(rest).slice(0, -1)},"relations":[${relations.map(relationJson).join(',')}]}`
  }

  get version(): number {
    return this.#document.version
  }
  get relations(): readonly Relation[] {
    return this.#document.relations
  }
  /** Declared ones. */
  get roles(): readonly RoleDef[] {
    return this.#document.roles ?? []
  }
  get grants(): readonly Grant[] {
    return this.#document.grants ?? []
  }
  get defaultGrants(): readonly DefaultGrant[] {
    return this.#document.defaultGrants ?? []
  }
  get roleSettings(): readonly RoleSettings[] {
    return this.#document.roleSettings ?? []
  }
  get schemas(): readonly SchemaDef[] {
    return this.#document.schemas
  }
  get databases(): readonly DatabaseDef[] {
    return this.#document.databases
  }
  /** Functions and aggregates that users made. */
  get functions(): readonly FunctionDef[] {
    return this.#document.functions ?? []
  }
  /** Types that users made. */
  get types(): readonly TypeDef[] {
    return this.#document.types ?? []
  }
  get secrets(): readonly SecretDef[] {
    return this.#document.secrets ?? []
  }
  /** The id the next created object gets. */
  get nextId(): number {
    return this.#document.nextId
  }

  byId(id: RelationId): Relation | undefined {
    return this.#byId.get(id)
  }
  byName(database: string, schema: string, name: string): Relation | undefined {
    return this.#byName.get(nameKey(database, schema, name))
  }
  hasSchema(database: string, schema: string): boolean {
    return this.schemaByName(database, schema) !== undefined
  }
  hasDatabase(database: string): boolean {
    return this.databaseByName(database) !== undefined
  }
  schemaByName(database: string, name: string): SchemaDef | undefined {
    return this.schemas.find(s => s.database === database && s.name === name)
  }
  databaseByName(name: string): DatabaseDef | undefined {
    return this.databases.find(d => d.name === name)
  }
  /** A declared one. */
  roleByName(name: string): RoleDef | undefined {
    return this.roles.find(role => role.name === name)
  }
  /** Relations that read, index or write into this one, directly. */
  dependents(id: RelationId): readonly Relation[] {
    return this.relations.filter(
      r =>
        r.dependsOn.includes(id) ||
        r.columns.some(column => column.uses?.includes(id)) ||
        r.constraints?.some(constraint => constraint.uses?.includes(id)) ||
        r.index?.on === id ||
        r.into === id ||
        r.sequence?.ownedBy?.table === id,
    )
  }

  /** Foreign keys that refer to rows of the table, in the order in which they were made. */
  referencesTo(id: RelationId): readonly Reference<Relation>[] {
    if (this.#references === undefined) {
      const all = this.relations.flatMap(child => foreignKeysOf(child).map(key => ({ child, key })))
      const sorted = all.toSorted((a, b) => a.key.id - b.key.id)
      this.#references = Map.groupBy(sorted, ({ key }) => key.parent)
    }
    return this.#references.get(id) ?? []
  }

  /** Adds or replaces by id; ids come from `nextId`. */
  with(relation: Relation): Catalog {
    const known = this.#byId.has(relation.id)
    return this.#change({
      ...(known ? {} : this.#grantsByDefault('relation', relation)),
      relations: known
        ? this.relations.map(r => (r.id === relation.id ? relation : r))
        : [...this.relations, relation],
      nextId: Math.max(this.nextId, ...[relation, ...(relation.constraints ?? [])].map(({ id }) => id + 1)),
    })
  }
  without(ids: readonly RelationId[]): Catalog {
    const left = this.relations.filter(r => !ids.includes(r.id))
    return this.#change({ relations: left.map(relation => withoutLost(relation, ids)) })
  }
  /** Adds or replaces by id. */
  withFunction(function_: FunctionDef): Catalog {
    const others = this.functions.filter(f => f.id !== function_.id)
    return this.#change({
      ...(others.length < this.functions.length ? {} : this.#grantsByDefault('function', function_)),
      functions: [...others, function_],
      nextId: Math.max(this.nextId, function_.id + 1),
    })
  }
  withoutFunctions(ids: readonly number[]): Catalog {
    return this.#change({ functions: this.functions.filter(f => !ids.includes(f.id)) })
  }
  typeById(id: number): TypeDef | undefined {
    return this.types.find(type => type.id === id)
  }
  typeByName(database: string, schema: string, name: string): TypeDef | undefined {
    return this.types.find(t => t.name === name && t.schema === schema && t.database === database)
  }
  /** Adds or replaces by id; what is of the type is of it as it is now. */
  withType(type: TypeDef): Catalog {
    const others = this.types.filter(t => t.id !== type.id)
    const nextId = Math.max(this.nextId, numberAfter(type))
    if (others.length === this.types.length) return this.#change({ types: [...others, type], nextId })
    const now = typeOf(type)
    return this.#change({
      nextId,
      types: [...others.map(other => retyped(other, now)), type],
      relations: this.relations.map(relation => retyped(relation, now)),
      functions: this.functions.map(function_ => retyped(function_, now)),
    })
  }
  withoutTypes(ids: readonly number[]): Catalog {
    return this.#change({ types: this.types.filter(t => !ids.includes(t.id)) })
  }
  secretById(id: number): SecretDef | undefined {
    return this.secrets.find(secret => secret.id === id)
  }
  secretByName(database: string, schema: string, name: string): SecretDef | undefined {
    return this.secrets.find(s => s.database === database && s.schema === schema && s.name === name)
  }
  /** Adds or replaces by id. */
  withSecret(secret: SecretDef): Catalog {
    const others = this.secrets.filter(s => s.id !== secret.id)
    return this.#change({ secrets: [...others, secret], nextId: Math.max(this.nextId, secret.id + 1) })
  }
  withoutSecret(id: number): Catalog {
    return this.#change({ secrets: this.secrets.filter(s => s.id !== id) })
  }
  withSchema(database: string, name: string, owner: string): Catalog {
    const schema = { id: this.nextId, database, name, owner }
    return this.#change({
      schemas: [...this.schemas, schema],
      nextId: this.nextId + 1,
      ...this.#grantsByDefault('schema', schema),
    })
  }
  /** Replaces by id. */
  withSchemaDef(schema: SchemaDef): Catalog {
    return this.#change({ schemas: this.schemas.map(s => (s.id === schema.id ? schema : s)) })
  }
  /** Replaces by id. */
  withDatabaseDef(database: DatabaseDef): Catalog {
    return this.#change({ databases: this.databases.map(d => (d.id === database.id ? database : d)) })
  }
  withRoles(roles: readonly RoleDef[]): Catalog {
    return this.#change({ roles })
  }
  withGrants(grants: readonly Grant[]): Catalog {
    return this.#change({ grants })
  }
  withDefaultGrants(defaultGrants: readonly DefaultGrant[]): Catalog {
    return this.#change({ defaultGrants })
  }
  withRoleSettings(roleSettings: readonly RoleSettings[]): Catalog {
    return this.#change({ roleSettings })
  }
  /** What the role owns and may do goes with its name. */
  withRoleName(name: string, to: string): Catalog {
    const called = <T extends string | undefined>(role: T): T => (role === name ? (to as T) : role)
    const owned = <T extends { readonly owner?: string }>(object: T): T =>
      object.owner === name ? { ...object, owner: to } : object
    return this.#change({
      databases: this.databases.map(owned),
      schemas: this.schemas.map(owned),
      relations: this.relations.map(owned),
      functions: this.functions.map(owned),
      types: this.types.map(owned),
      secrets: this.secrets.map(owned),
      roles: this.roles.map(role => ({
        ...role,
        name: called(role.name),
        memberOf: role.memberOf.map(called),
      })),
      grants: this.grants.map(grant => ({ ...grant, role: called(grant.role) })),
      defaultGrants: this.defaultGrants.map(grant => ({
        ...grant,
        maker: called(grant.maker),
        role: called(grant.role),
      })),
      roleSettings: this.roleSettings.map(setting =>
        setting.role === name ? { ...setting, role: to } : setting,
      ),
    })
  }
  withoutSchema(database: string, name: string): Catalog {
    return this.#change({ schemas: this.schemas.filter(s => s.database !== database || s.name !== name) })
  }
  /** With its schema `public`. */
  withDatabase(name: string, owner: string, asked: DatabaseSettings = {}): Catalog {
    const database = { id: this.nextId, name, owner, asked }
    const schema = { id: this.nextId + 1, database: name, name: 'public', owner }
    return this.#change({
      databases: [...this.databases, database],
      schemas: [...this.schemas, schema],
      nextId: this.nextId + 2,
    })
  }
  /** Everything in the database goes with its name. */
  withDatabaseName(name: string, to: string): Catalog {
    const moved = <T extends { readonly database: string }>(object: T): T =>
      object.database === name ? { ...object, database: to } : object
    return this.#change({
      databases: this.databases.map(d => (d.name === name ? { ...d, name: to } : d)),
      schemas: this.schemas.map(moved),
      relations: this.relations.map(moved),
      functions: this.functions.map(moved),
      types: this.types.map(moved),
      secrets: this.secrets.map(moved),
    })
  }
  withoutDatabase(name: string): Catalog {
    return this.#change({
      databases: this.databases.filter(d => d.name !== name),
      schemas: this.schemas.filter(s => s.database !== name),
      relations: this.relations.filter(r => r.database !== name),
      functions: this.functions.filter(f => f.database !== name),
      types: this.types.filter(t => t.database !== name),
      secrets: this.secrets.filter(s => s.database !== name),
    })
  }

  /** What ALTER DEFAULT PRIVILEGES said of a new object. */
  #grantsByDefault(
    kind: DefaultGrant['kind'],
    object: {
      readonly id: number
      readonly kind?: string
      readonly owner: string
      readonly database: string
      readonly schema?: string
    },
  ): Partial<CatalogDocument> {
    const { id, owner, database, schema } = object
    const inside = schema === undefined ? undefined : this.schemaByName(database, schema)?.id
    const found = this.defaultGrants.filter(
      d =>
        d.kind === kind &&
        d.maker === owner &&
        (d.schema === undefined || d.schema === inside) &&
        isMeant(d.of, object.kind),
    )
    if (found.length === 0) return {}
    let { grants } = this
    const inborn = (role: string) => (role === 'public' ? publicRights(kind, '') : [])
    for (const { role, privileges, grantable } of found)
      grants = changeGrant(grants, { kind, object: id, role }, inborn(role), before => ({
        privileges: [...new Set([...before.privileges, ...privileges])],
        grantable: [...new Set([...before.grantable, ...grantable])],
      }))
    return { grants }
  }

  #change(change: Partial<CatalogDocument>): Catalog {
    const next = { ...this.#document, ...change, version: this.version + 1 }
    if (next.defaultGrants !== undefined && next.schemas.length < this.schemas.length) {
      const schemas = new Set(next.schemas.map(schema => schema.id))
      const left = next.defaultGrants.filter(d => d.schema === undefined || schemas.has(d.schema))
      if (left.length < next.defaultGrants.length) return this.#change({ ...change, defaultGrants: left })
    }
    if (next.grants === undefined) return new Catalog(next)
    const { relations, functions = [], types = [], schemas, databases } = next
    const objects = [...relations, ...functions, ...types, ...schemas, ...databases]
    const ids = new Set(objects.map(object => object.id))
    return new Catalog({ ...next, grants: next.grants.filter(grant => ids.has(grant.object)) })
  }
}

interface CatalogDocument {
  readonly version: number
  readonly nextId: number
  readonly databases: readonly DatabaseDef[]
  readonly schemas: readonly SchemaDef[]
  readonly relations: readonly Relation[]
  readonly functions?: readonly FunctionDef[]
  readonly types?: readonly TypeDef[]
  readonly secrets?: readonly SecretDef[]
  readonly roles?: readonly RoleDef[]
  readonly grants?: readonly Grant[]
  readonly defaultGrants?: readonly DefaultGrant[]
  readonly roleSettings?: readonly RoleSettings[]
}

/** Where clients go that are told nothing else: the ready line names it, so it stays. */
export const DEFAULT_DATABASE = 'dev'
/** PostgreSQL's first OID for objects made by users. */
const FIRST_ID = 16384

/** A relation without what stands on relations that are gone: UNIQUE on an index, a foreign key on what it refers to. */
function withoutLost(relation: Relation, ids: readonly RelationId[]): Relation {
  const { constraints, ...rest } = relation
  const left = constraints?.filter(
    c =>
      !(c.kind === 'unique' && c.byIndex !== undefined && ids.includes(c.byIndex)) &&
      !(c.kind === 'foreign key' && ids.includes(c.parent)),
  )
  if (left === undefined || left.length === constraints!.length) return relation
  return left.length === 0 ? rest : { ...rest, constraints: left }
}

function nameKey(database: string, schema: string, name: string): string {
  return JSON.stringify([database, schema, name])
}

const written = new WeakMap<Relation, string>()

function relationJson(relation: Relation): string {
  let json = written.get(relation)
  if (json === undefined) written.set(relation, (json = toJson(relation)))
  return json
}
