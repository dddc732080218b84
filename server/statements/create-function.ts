import { checkSource } from '../../executor/javascript/check.ts'
import { checkFunction } from '../../planner/bind/check-function.ts'
import { definitionOf } from '../../planner/bind/javascript-call.ts'
import { type FunctionDef, signatureOf } from '../../planner/function-def.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { sameType } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import { requireCreate, requireOwner, rightsOf } from '../access/rights.ts'
import { bindContext, lastingSchema } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'

type Syntax = StatementOf<'create function'>

/** CREATE [OR REPLACE] FUNCTION and AGGREGATE: the body is checked, then kept in the catalog. */
export function createFunction(syntax: Syntax, sql: string, context: StatementContext): Promise<Result> {
  const tag = `CREATE ${syntax.of.toUpperCase()}`
  return changeCatalog(context, tag, catalog => {
    const { database, user } = context.session
    const schema = lastingSchema(context, syntax.name, 'function')
    requireCreate(rightsOf(context.session, catalog), catalog, database, schema)
    const id = catalog.nextId
    const made = definition(syntax, sql, { id, database, schema, owner: user }, context)
    const present = catalog.functions.find(
      f => f.database === database && f.schema === schema && sameSignature(f, made),
    )
    if (present !== undefined && syntax.ifNotExists) {
      context.notice(`function ${signatureOf(made)} already exists with same argument types, skipping`)
      return catalog
    }
    if (present !== undefined && !syntax.replace)
      throw new SqlError(
        'duplicate_function',
        `function "${made.name}" already exists with same argument types`,
      )
    if (present !== undefined) requireReplaceable(present, made, context)
    const checked = checkBody(made, context)
    return catalog.withFunction(
      present === undefined ? checked : { ...checked, id: present.id, owner: present.owner },
    )
  })
}

function definition(
  syntax: Syntax,
  sql: string,
  place: Pick<FunctionDef, 'id' | 'database' | 'schema' | 'owner'>,
  context: StatementContext,
): FunctionDef {
  const { of, name, args, options, result } = syntax
  const language = syntax.language ?? (syntax.isExpression ? 'sql' : undefined)
  if (language === undefined) throw invalid('no language specified')
  if (syntax.body === undefined) throw invalid('no function body specified')
  if (result === undefined) throw invalid('function result type must be specified')
  if (of === 'aggregate' && language === 'sql') throw notSupported('CREATE AGGREGATE in SQL')
  const twice = args.find((arg, i) => arg.name !== undefined && args.findIndex(a => a.name === arg.name) < i)
  if (twice !== undefined) throw invalid(`parameter name "${twice.name}" used more than once`)
  const firstDefault = args.findIndex(arg => arg.default !== undefined)
  if (firstDefault !== -1 && args.slice(firstDefault).some(arg => arg.default === undefined))
    throw invalid('input parameters after one with a default value must also have defaults')
  const known = ['trusted', 'batch', 'async', 'always_retry_on_network_error']
  const unknown = Object.keys(options).find(key => !known.includes(key))
  if (unknown !== undefined) throw notSupported(`option "${unknown}" of a function`)
  if (options['async'] === 'true') throw notSupported('an asynchronous function')
  const trusted = options['trusted'] === 'true'
  if (trusted && !rightsOf(context.session, context.catalogs.current).superuser)
    throw new SqlError('insufficient_privilege', 'must be superuser to create a trusted function')
  return {
    ...place,
    name: name.name,
    kind: of,
    language,
    args,
    result,
    set: syntax.set,
    ...(syntax.columns !== undefined && { columns: syntax.columns }),
    body: syntax.isExpression ? `SELECT ${syntax.body}` : syntax.body,
    strict: syntax.strict,
    volatility: syntax.volatility ?? (language === 'sql' ? 'volatile' : 'immutable'),
    trusted,
    batch: options['batch'] === 'true',
    sql,
  }
}

function checkBody(made: FunctionDef, context: StatementContext): FunctionDef {
  const bind = bindContext(context, { position: () => undefined }, 'batch')
  checkFunction(made, bind)
  if (made.language === 'sql') return made
  const exported = checkSource(definitionOf(made))
  return made.kind === 'aggregate' ? { ...made, retracts: exported.includes('retract') } : made
}

/** Readers keep what they were made of: a function they use stays as it is, or another one of the same shape is put there. */
function requireReplaceable(
  present: FunctionDef,
  made: FunctionDef,
  { session, catalogs }: StatementContext,
) {
  const { current } = catalogs
  requireOwner(rightsOf(session, current), 'function', present)
  if (present.kind !== made.kind) {
    const detail = `"${present.name}" is ${present.kind === 'aggregate' ? 'an aggregate' : 'a'} function.`
    throw new SqlError('wrong_object_type', 'cannot change routine kind', { detail })
  }
  const hint = `Use DROP FUNCTION ${signatureOf(present)} first.`
  if (!sameType(present.result, made.result) || present.set !== made.set)
    throw new SqlError('invalid_function_definition', 'cannot change return type of existing function', {
      hint,
    })
  for (const [i, { name }] of present.args.entries())
    if (name !== undefined && name !== made.args[i]!.name)
      throw new SqlError('invalid_function_definition', `cannot change name of input parameter "${name}"`, {
        hint,
      })
  const users = current.relations.filter(
    r =>
      r.kind !== 'view' &&
      (r.dependsOn.includes(present.id) || r.columns.some(c => c.uses?.includes(present.id))),
  )
  if (users.length > 0)
    throw new SqlError(
      'dependent_objects_still_exist',
      `cannot replace function ${signatureOf(present)} because other objects depend on it`,
      {
        detail: users.map(r => `${r.kind} ${r.name} depends on function ${signatureOf(present)}`).join('\n'),
      },
    )
}

/** Two functions of one schema that calls could not tell apart. */
export function sameSignature(a: FunctionDef, b: Pick<FunctionDef, 'name' | 'args'>): boolean {
  return (
    a.name === b.name &&
    a.args.length === b.args.length &&
    a.args.every((arg, i) => typeName(arg.type) === typeName(b.args[i]!.type))
  )
}

function invalid(message: string): SqlError {
  return new SqlError('invalid_function_definition', message)
}
