import type { Catalog } from '../../planner/catalog.ts'
import { type FunctionDef, signatureOf } from '../../planner/function-def.ts'
import type { FunctionName } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import { typeName } from '../../types/type-names.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { schemasOf } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { withDependents } from './dependents.ts'

/** DROP FUNCTION and AGGREGATE; relations that use it are named or, with CASCADE, dropped too. */
export function dropFunction(statement: StatementOf<'drop function'>, context: StatementContext) {
  const { of, functions, ifExists, cascade } = statement
  return changeCatalog(context, `DROP ${of.toUpperCase()}`, before => {
    let next = before
    for (const name of functions) {
      const found = findFunction(name, of, next, context, ifExists)
      if (found === undefined) continue
      requireOwner(rightsOf(context.session, before), 'function', found)
      next = withDependents([{ id: found.id, label: `function ${signatureOf(found)}` }], cascade, next)
      next = next.withoutFunctions([found.id])
    }
    return next
  })
}

/** The function that a statement names; undefined, with a notice: there is none, and that is allowed. */
export function findFunction(
  { name, args }: FunctionName,
  of: 'function' | 'aggregate',
  catalog: Catalog,
  { session, notice }: StatementContext,
  ifExists: boolean,
): FunctionDef | undefined {
  const named = schemasOf(session, name).flatMap(schema =>
    catalog.functions.filter(
      f => f.database === session.database && f.schema === schema && f.name === name.name,
    ),
  )
  const found = args === undefined ? named : named.filter(f => sameTypes(f, args.map(typeName)))
  const [first, other] = found
  if (first === undefined) {
    const shown = args === undefined ? undefined : `${name.name}(${args.map(typeName).join(', ')})`
    const message =
      shown === undefined
        ? `could not find ${of === 'aggregate' ? 'an' : 'a'} ${of} named "${name.name}"`
        : `${of} ${shown} does not exist`
    if (!ifExists) throw new SqlError('undefined_function', message, { position: name.position })
    notice(`${of} ${shown ?? `${name.name}()`} does not exist, skipping`)
    return undefined
  }
  if (args === undefined && other !== undefined && other.schema === first.schema)
    throw new SqlError('ambiguous_function', `${of} name "${name.name}" is not unique`, {
      hint: `Specify the argument list to select the ${of} unambiguously.`,
    })
  if (first.kind !== of) {
    const message =
      of === 'aggregate'
        ? `function ${signatureOf(first)} is not an aggregate`
        : `"${first.name}" is an aggregate function`
    throw new SqlError('wrong_object_type', message, {
      hint: `Use DROP ${first.kind.toUpperCase()} to drop ${of === 'aggregate' ? 'functions' : 'aggregate functions'}.`,
    })
  }
  return first
}

function sameTypes(f: FunctionDef, types: readonly string[]): boolean {
  return f.args.length === types.length && f.args.every((arg, i) => typeName(arg.type) === types[i])
}
