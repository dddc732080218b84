import { SqlError } from '../../types/error.ts'
import type { PgNode } from '../contract.ts'
import { type RangeVar, rangeName } from './range-name.ts'
import type { Fragment, SessionStatement } from './statement.ts'

type Body = Readonly<Record<string, unknown>>

interface Option {
  readonly DefElem: { readonly defname: string; readonly arg?: PgNode; readonly location?: number }
}

interface VacuumRelation {
  readonly VacuumRelation: {
    readonly relation: RangeVar
    readonly va_cols?: readonly { readonly String: { readonly sval: string } }[]
  }
}

/** VACUUM and ANALYZE, as PostgreSQL's grammar read them. */
export function vacuumOf(fragment: Fragment, body: Body): SessionStatement {
  const isVacuum = body['is_vacuumcmd'] === true
  const verb = isVacuum ? 'VACUUM' : 'ANALYZE'
  const options = optionsOf(body['options'], isVacuum ? VACUUM_OPTIONS : ANALYZE_OPTIONS, verb, fragment)
  const parallel = options.get('parallel')
  if (isVacuum && parallel !== undefined) {
    const workers = Number(textOf(parallel.arg))
    if (!(workers >= 0 && workers <= WORKERS_MAX))
      throw new SqlError('syntax_error', `parallel workers for vacuum must be between 0 and ${WORKERS_MAX}`, {
        position: fragment.position(parallel.location),
      })
    if (workers > 0 && options.has('full') && isTrue('full', options.get('full')!.arg))
      throw new SqlError('feature_not_supported', 'VACUUM FULL cannot be performed in parallel')
  }
  const asked = options.get('analyze')
  const analyzes = !isVacuum || (asked !== undefined && isTrue('analyze', asked.arg))
  const relations = (body['rels'] ?? []) as readonly VacuumRelation[]
  const tables = relations.map(({ VacuumRelation: { relation, va_cols: columns = [] } }) => ({
    name: rangeName(relation, fragment),
    columns: columns.map(({ String: { sval } }) => sval),
  }))
  if (!analyzes && tables.some(({ columns }) => columns.length > 0))
    throw new SqlError(
      'feature_not_supported',
      'ANALYZE option must be specified when a column list is provided',
    )
  return { kind: 'vacuum', verb, tables }
}

export function reindexOf(fragment: Fragment, body: Body): SessionStatement {
  const options = optionsOf(body['params'], REINDEX_OPTIONS, 'REINDEX', fragment)
  const asked = options.get('concurrently')
  const relation = body['relation'] as RangeVar | undefined
  return {
    kind: 'reindex',
    of: String(body['kind']).slice('REINDEX_OBJECT_'.length).toLowerCase() as 'index',
    name: relation === undefined ? undefined : rangeName(relation, fragment),
    place: body['name'] as string | undefined,
    concurrently: asked !== undefined && isTrue('concurrently', asked.arg),
  }
}

export function clusterOf(fragment: Fragment, body: Body): SessionStatement {
  optionsOf(body['params'], ['verbose'], 'CLUSTER', fragment)
  const relation = body['relation'] as RangeVar | undefined
  return {
    kind: 'cluster',
    table: relation === undefined ? undefined : rangeName(relation, fragment),
    index: body['indexname'] as string | undefined,
  }
}

/** SET CONSTRAINTS. */
export function setConstraintsOf(fragment: Fragment, body: Body): SessionStatement {
  const named = (body['constraints'] ?? []) as readonly { readonly RangeVar: RangeVar }[]
  return {
    kind: 'set constraints',
    names: named.map(({ RangeVar: name }) => rangeName(name, fragment)),
    deferred: body['deferred'] === true,
  }
}

/** LOCK TABLE. */
export function lockOf(fragment: Fragment, body: Body): SessionStatement {
  const relations = body['relations'] as readonly { readonly RangeVar: RangeVar }[]
  return {
    kind: 'lock',
    tables: relations.map(({ RangeVar: relation }) => rangeName(relation, fragment)),
    mode: MODES[Number(body['mode']) - 1]!,
    nowait: body['nowait'] === true,
  }
}

const MODES = [
  'access share',
  'row share',
  'row exclusive',
  'share update exclusive',
  'share',
  'share row exclusive',
  'exclusive',
  'access exclusive',
] as const

const WORKERS_MAX = 1024

const ANALYZE_OPTIONS = ['verbose', 'skip_locked', 'buffer_usage_limit']
const VACUUM_OPTIONS = [
  ...ANALYZE_OPTIONS,
  'analyze',
  'freeze',
  'full',
  'disable_page_skipping',
  'index_cleanup',
  'process_main',
  'process_toast',
  'truncate',
  'parallel',
  'skip_database_stats',
  'only_database_stats',
]
const REINDEX_OPTIONS = ['verbose', 'concurrently', 'tablespace']

/** Those that are no switches. */
const VALUES = ['parallel', 'index_cleanup', 'buffer_usage_limit', 'tablespace']

function optionsOf(
  elements: unknown,
  known: readonly string[],
  verb: string,
  fragment: Fragment,
): ReadonlyMap<string, Option['DefElem']> {
  const options = ((elements ?? []) as readonly Option[]).map(({ DefElem }) => DefElem)
  for (const { defname, arg, location } of options) {
    if (!known.includes(defname))
      throw new SqlError('syntax_error', `unrecognized ${verb} option "${defname}"`, {
        position: fragment.position(location),
      })
    if (!VALUES.includes(defname)) isTrue(defname, arg)
  }
  return new Map(options.map(option => [option.defname, option]))
}

/** Throws 42601. */
function isTrue(name: string, arg: PgNode | undefined): boolean {
  const text = textOf(arg)?.toLowerCase()
  if (text === undefined || ['true', 'on', '1'].includes(text)) return true
  if (['false', 'off', '0'].includes(text)) return false
  throw new SqlError('syntax_error', `${name} requires a Boolean value`)
}

function textOf(node: PgNode | undefined): string | undefined {
  if (node === undefined) return undefined
  const [value] = Object.values(node) as [Body]
  return String(value['sval'] ?? value['ival'] ?? value['fval'] ?? value['boolval'] ?? 0)
}
