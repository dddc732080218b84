import { aggregateHelp, aggregateSignatures, resolveAggregate } from '../../../executor/aggregates/index.ts'
import { castContext } from '../../../executor/functions/casts.ts'
import { listFunctions } from '../../../executor/functions/index.ts'
import type { Catalog } from '../../../planner/catalog.ts'
import type { FunctionDef } from '../../../planner/function-def.ts'
import { TEXT, type Type, type TypeName } from '../../../types/type.ts'
import { parseTypeName } from '../../../types/type-names.ts'
import { oidOf } from '../../protocol/oids.ts'
import { aclOf } from '../acl.ts'
import { TYPE_FUNCTIONS } from '../columns/type-functions.ts'
import { SCHEMA_OIDS } from '../oids.ts'
import { fill, type Row } from '../registry.ts'
import { ROOT, roleOid } from '../roles.ts'
import { OPERATOR_CLASSES } from './relations.ts'

/** What pg_proc has a row for. */
export interface PgFunction {
  readonly oid: number
  readonly name: string
  readonly args: readonly number[]
  readonly variadic: boolean
  readonly result: number
  readonly returnsSet: boolean
  /** pg_proc.prokind: f, a, w. */
  readonly kind: 'f' | 'a' | 'w'
  readonly volatility: 'i' | 's' | 'v'
  readonly strict: boolean
  readonly help: string
  /** The one a user made. */
  readonly user?: FunctionDef
}

const FIRST_OID = 0x08000000
const PSEUDO: Readonly<Record<string, number>> = {
  any: 2276,
  plain: 2776,
  element: 2283,
  leaf: 2283,
  array: 2277,
  leaves: 2277,
}
const WINDOWS = ['row_number', 'rank', 'dense_rank']
const INT8_OID = 20
const CSTRING = 2275

let functions: readonly PgFunction[] | undefined

/** Functions and aggregates of the registries, those that types are made of, and those that users made. */
export function pgFunctions(catalog: Catalog, database: string): readonly PgFunction[] {
  functions ??= numbered()
  if (catalog.functions.length === 0) return functions
  return [...functions, ...catalog.functions.filter(f => f.database === database).map(ofUser)]
}

function ofUser(f: FunctionDef): PgFunction {
  return {
    oid: f.id,
    name: f.name,
    args: f.args.map(arg => oidOf(arg.type)),
    variadic: false,
    result: oidOf(f.result),
    returnsSet: f.set,
    kind: f.kind === 'aggregate' ? 'a' : 'f',
    volatility: f.volatility[0] as 'i',
    strict: f.strict,
    help: f.comment ?? '',
    user: f,
  }
}

/** Numbers of pg_language. */
const LANGUAGES = { internal: 12, sql: 14, javascript: 13000 }

function numbered(): readonly PgFunction[] {
  const plain = listFunctions().flatMap(entry => {
    if (!/^[a-z]\w*$/.test(entry.name)) return []
    const args = entry.args.map(patternOid)
    const volatility = (entry.volatility?.[0] ?? (entry.session ? 's' : 'i')) as 'i'
    return [
      {
        name: entry.name,
        args,
        variadic: entry.variadic,
        result: patternOid(entry.result),
        kind: 'f' as const,
        volatility,
        strict: entry.strict !== false,
        returnsSet: entry.set,
        help: entry.help,
      },
    ]
  })
  const common = { variadic: false, volatility: 'i', strict: false, returnsSet: false, help: '' } as const
  const aggregates = aggregateSignatures().map(signature => {
    const [name = '', args = ''] = signature.slice(0, -1).split('(')
    const words = args === '' ? [] : args.split(', ')
    return {
      ...common,
      name,
      help: aggregateHelp(name),
      args: words.map(wordOid),
      result: aggregateResult(name, words),
      kind: 'a' as const,
    }
  })
  const windows = WINDOWS.map(name => ({ ...common, name, args: [], result: INT8_OID, kind: 'w' as const }))
  const ofTypes = [...TYPE_FUNCTIONS.matchAll(/(\d+):(\w+)/g)].map(([, oid, name]) => ({
    ...common,
    oid: Number(oid),
    name: name!,
    args: [CSTRING],
    result: CSTRING,
    kind: 'f' as const,
  }))
  return [...ofTypes, ...[...plain, ...aggregates, ...windows].map((f, i) => ({ ...f, oid: FIRST_OID + i }))]
}

function patternOid(pattern: Type | string): number {
  return typeof pattern === 'string' ? (PSEUDO[pattern] ?? PSEUDO['any']!) : oidOf(pattern)
}

/** An aggregate over `any` that yields text for text yields what it is given. */
function aggregateResult(name: string, words: readonly string[]): number {
  const types = words.map(word => (word === 'any' ? TEXT : parseTypeName(word)))
  const found = resolveAggregate(name, types)
  if ('error' in found) return PSEUDO['any']!
  const { type } = found
  if (!words.includes('any')) return oidOf(type)
  return type.name === 'text' ? PSEUDO['element']! : type.name === 'array' ? PSEUDO['array']! : oidOf(type)
}

function wordOid(word: string): number {
  if (word === 'anyelement' || word === 'anyarray') return word === 'anyarray' ? 2277 : 2283
  const type = parseTypeName(word)
  return type === undefined ? PSEUDO['any']! : oidOf(type)
}

fill('pg_catalog.pg_proc', ({ catalog, database }) =>
  pgFunctions(catalog, database).map(f => ({
    oid: f.oid,
    proname: f.name,
    pronamespace:
      f.user === undefined ? SCHEMA_OIDS['pg_catalog']! : catalog.schemaByName(database, f.user!.schema)?.id,
    proacl: f.user === undefined ? null : aclOf(catalog, 'function', f.user),
    proowner: roleOid(f.user?.owner ?? ROOT),
    prolang: LANGUAGES[f.user?.language ?? 'internal'],
    procost: 1,
    provariadic: f.variadic ? (f.args.at(-1) ?? 0) : 0,
    prokind: f.kind,
    proisstrict: f.strict,
    proretset: f.returnsSet,
    provolatile: f.volatility,
    proparallel: f.user === undefined ? 's' : 'u',
    pronargs: f.args.length,
    pronargdefaults: f.user?.args.filter(arg => arg.default !== undefined).length ?? 0,
    prorettype: f.result,
    proargtypes: f.args,
    proargnames: f.user?.args.some(arg => arg.name !== undefined)
      ? f.user.args.map(arg => arg.name ?? '')
      : null,
    prosrc: f.user?.body ?? f.name,
  })),
)
fill('pg_catalog.pg_aggregate', ({ catalog, database }) =>
  pgFunctions(catalog, database).flatMap(f => (f.kind === 'a' ? [{ aggfnoid: f.oid, aggkind: 'n' }] : [])),
)
fill('rw_catalog.rw_functions', ({ catalog, database }) =>
  catalog.functions.flatMap(f =>
    f.database !== database
      ? []
      : [
          {
            id: f.id,
            name: f.name,
            schema_id: catalog.schemaByName(database, f.schema)?.id,
            owner: roleOid(f.owner),
            acl: aclOf(catalog, 'function', f) ?? [],
            always_retry_on_network_error: false,
            type: f.kind === 'aggregate' ? 'aggregate' : f.set ? 'table' : 'scalar',
            arg_type_ids: f.args.map(arg => oidOf(arg.type)),
            return_type_id: oidOf(f.result),
            language: f.language,
          },
        ],
  ),
)

fill('pg_catalog.pg_operator', () =>
  listFunctions().flatMap((entry, i): Row[] => {
    if (!/^[^\w\s$]+$/.test(entry.name) || entry.args.length > 2) return []
    if ([...entry.args, entry.result].some(type => patternOid(type) === PSEUDO['any'])) return []
    const [left, right] = entry.args.length === 1 ? [0, entry.args[0]!] : entry.args
    return [
      {
        oid: FIRST_OID + 0x01000000 + i,
        oprname: entry.name,
        oprnamespace: SCHEMA_OIDS['pg_catalog']!,
        oprowner: roleOid(ROOT),
        oprkind: entry.args.length === 1 ? 'l' : 'b',
        oprleft: left === 0 ? 0 : patternOid(left as Type | string),
        oprright: patternOid(right!),
        oprresult: patternOid(entry.result),
      },
    ]
  }),
)

const CASTS: readonly TypeName[] = [
  'bool', 'int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'text', 'date', 'time', 'timestamp',
  'timestamptz', 'interval', 'json', 'jsonb', 'oid', 'bit', 'varbit',
] // biome-ignore format: a table

/** How the cast is done: not at all where values of the one are those of the other, by text between documents, or by a function. */
function castMethod(from: TypeName, to: TypeName): 'b' | 'i' | 'f' {
  if (from.startsWith('json') && to.startsWith('json')) return 'i'
  return from.endsWith('bit') && to.endsWith('bit') ? 'b' : 'f'
}

fill('pg_catalog.pg_cast', () =>
  CASTS.flatMap(from =>
    CASTS.flatMap(to => {
      const context =
        from === to || from === 'text' || to === 'text'
          ? undefined
          : castContext({ name: from }, { name: to })
      if (context === undefined) return []
      return [
        {
          oid: FIRST_OID + 0x02000000 + oidOf({ name: from }) * 4096 + oidOf({ name: to }),
          castsource: oidOf({ name: from }),
          casttarget: oidOf({ name: to }),
          castcontext: context[0]!,
          castmethod: castMethod(from, to),
        },
      ]
    }),
  ),
)

fill('pg_catalog.pg_opclass', () =>
  Object.entries(OPERATOR_CLASSES).map(([type, [oid, opcname, opcfamily]]) => ({
    oid,
    opcmethod: 403,
    opcname,
    opcnamespace: SCHEMA_OIDS['pg_catalog']!,
    opcowner: roleOid(ROOT),
    opcfamily,
    opcintype:
      type === 'record' ? 2249 : type === 'text' || type === 'name' ? 25 : oidOf({ name: type as TypeName }),
    opcdefault: true,
  })),
)
