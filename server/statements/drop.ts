import { type Catalog, DEFAULT_DATABASE, type Relation } from '../../planner/catalog.ts'
import { signatureOf } from '../../planner/function-def.ts'
import { SqlError } from '../../types/error.ts'
import { userTypeName } from '../../types/type-names.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { findByName, requireDatabase, requireSchema } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { withDependents } from './dependents.ts'
import { withoutType } from './drop-type.ts'
import { whenAllowed } from './while-allowed.ts'

/** DROP of anything; dependents are named or, with CASCADE, dropped too. */
export async function drop(statement: StatementOf<'drop'>, context: StatementContext): Promise<Result> {
  if (statement.what !== 'schema' && statement.what !== 'database') {
    const locked = statement.names.flatMap(name => findByName(context, name)?.id ?? [])
    await whenAllowed(locked, 'access exclusive', context)
  }
  return changeCatalog(context, `DROP ${statement.what.toUpperCase()}`, before => {
    let next = before
    const found: Relation[] = []
    for (const name of statement.names) {
      if (statement.what === 'schema') next = dropSchema(statement, name.name, next, context)
      else if (statement.what === 'database') next = dropDatabase(statement, name.name, next, context)
      else {
        const relation = findByName(context, name)
        if (relation === undefined) {
          const message = `${statement.what} "${name.name}" does not exist`
          if (!statement.ifExists) throw new SqlError('undefined_table', message, { position: name.position })
          context.notice(`${message}, skipping`)
        } else {
          if (relation.kind !== statement.what)
            throw new SqlError(
              'wrong_object_type',
              `"${name.name}" is not ${statement.what === 'index' ? 'an' : 'a'} ${statement.what}`,
              {
                hint: `Use DROP ${relation.kind.toUpperCase()} to remove it.`,
              },
            )
          requireOwner(rightsOf(context.session, before), relation.kind, relation)
          found.push(relation)
        }
      }
    }
    return found.length === 0 ? next : withoutRelations(found, statement.cascade, next, context)
  })
}

/** CANCEL JOBS: what is still being created is not made; others are left as they are. Tells the numbers of those given up. */
export async function cancelJobs(
  { jobs }: StatementOf<'cancel jobs'>,
  context: StatementContext,
): Promise<readonly number[]> {
  let open: readonly Relation[] = []
  await changeCatalog(context, 'CANCEL JOBS', before => {
    open = jobs.flatMap(id => before.byId(id) ?? []).filter(r => context.runtime.isBackfilling(r.id))
    for (const relation of open) requireOwner(rightsOf(context.session, before), relation.kind, relation)
    return open.length === 0 ? undefined : withoutRelations(open, false, before, context)
  })
  return open.map(r => r.id)
}

function withoutRelations(
  relations: readonly Relation[],
  cascade: boolean,
  catalog: Catalog,
  { notice }: Pick<StatementContext, 'notice'>,
): Catalog {
  const named = relations.map(({ id, kind, name }) => ({ id, label: `${kind} ${name}` }))
  return withDependents(named, cascade, catalog, notice).without(relations.map(r => r.id))
}

function dropSchema(
  statement: StatementOf<'drop'>,
  name: string,
  catalog: Catalog,
  context: StatementContext,
): Catalog {
  const { database } = context.session
  if (statement.ifExists && !catalog.hasSchema(database, name)) {
    context.notice(`schema "${name}" does not exist, skipping`)
    return catalog
  }
  requireOwner(rightsOf(context.session, catalog), 'schema', requireSchema(catalog, database, name))
  const inside = catalog.relations.filter(r => r.database === database && r.schema === name)
  const functions = catalog.functions.filter(f => f.database === database && f.schema === name)
  const types = catalog.types.filter(t => t.database === database && t.schema === name)
  if (inside.length + functions.length + types.length > 0 && !statement.cascade)
    throw new SqlError(
      'dependent_objects_still_exist',
      `cannot drop schema ${name} because other objects depend on it`,
      {
        detail: [
          ...inside.map(r => `${r.kind} ${r.name}`),
          ...functions.map(f => `function ${signatureOf(f)}`),
          ...types.map(t => `type ${userTypeName(t)}`),
        ]
          .map(object => `${object} depends on schema ${name}`)
          .join('\n'),
        hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
      },
    )
  const ids = functions.map(f => f.id)
  const labeled = functions.map(f => ({ id: f.id, label: `function ${signatureOf(f)}` }))
  const without = withDependents(
    labeled,
    true,
    withoutRelations(inside, true, catalog, context),
    context.notice,
  )
  const emptied = types.reduce(
    (next, type) => withoutType(next.typeById(type.id)!, true, next, context),
    without.withoutFunctions(ids),
  )
  return emptied.withoutSchema(database, name)
}

function dropDatabase(
  statement: StatementOf<'drop'>,
  name: string,
  catalog: Catalog,
  context: StatementContext,
): Catalog {
  if (statement.ifExists && !catalog.hasDatabase(name)) {
    context.notice(`database "${name}" does not exist, skipping`)
    return catalog
  }
  requireOwner(rightsOf(context.session, catalog), 'database', requireDatabase(catalog, name))
  if (name === context.session.database)
    throw new SqlError('object_in_use', 'cannot drop the currently open database')
  if (name === DEFAULT_DATABASE)
    throw new SqlError('feature_not_supported', `the default database "${name}" cannot be dropped`)
  const inside = catalog.relations.filter(r => r.database === name)
  return withoutRelations(inside, true, catalog, context).withoutDatabase(name)
}
