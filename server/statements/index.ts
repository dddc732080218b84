import type { ParsedStatement, SessionStatement, Statement } from '../../planner/parse/index.ts'
import { unreachable } from '../../types/error.ts'
import type { Type } from '../../types/type.ts'
import { withoutInternalTables } from '../internal-tables.ts'
import { alter } from './alter.ts'
import { alterDomain } from './alter-domain.ts'
import { alterFunction, commentOnFunction } from './alter-function.ts'
import { alterType } from './alter-type.ts'
import { comment } from './comment.ts'
import type { Prepared, Result, StatementContext } from './contract.ts'
import { createFunction } from './create-function.ts'
import { createIndex } from './create-index.ts'
import { createNamespace } from './create-namespace.ts'
import { createSink } from './create-sink.ts'
import { createSubscription } from './create-subscription.ts'
import { createTable } from './create-table.ts'
import { createView } from './create-view.ts'
import { prepareDml } from './dml.ts'
import { createDomain } from './domains.ts'
import { cancelJobs, drop } from './drop.ts'
import { dropFunction } from './drop-function.ts'
import { dropType } from './drop-type.ts'
import { prepareExplain } from './explain.ts'
import { prepareExplainJob } from './explain-job.ts'
import { defaultPrivileges, grant } from './grant.ts'
import { withTypes } from './named-types.ts'
import { prepareQuery } from './query.ts'
import { refresh } from './refresh.ts'
import { roleSetting } from './role-settings.ts'
import { alterRole, createRole, dropRole, grantRole } from './roles.ts'
import { rowsOf } from './rows-of.ts'
import { alterSecret, alterSecretPlace, createSecret, dropSecret } from './secret.ts'
import { alterSequence, createSequence } from './sequence.ts'
import { prepareShow } from './show.ts'
import { prepareTruncate } from './truncate.ts'
import { commentOnType, createType } from './user-types.ts'
import { waitForJobs } from './wait-for-jobs.ts'
import { hasChanges, prepareWithChanges } from './with-changes.ts'

export type * from './contract.ts'

/** A statement about the database; those about the session are the server's own. */
export type DatabaseStatement = Omit<ParsedStatement, 'statement'> & {
  readonly statement: Exclude<Statement, SessionStatement>
}

/** Binds a statement; what can be refused without running it is refused here. */
export function prepare(
  parsed: DatabaseStatement,
  context: StatementContext,
  types: readonly (Type | undefined)[],
): Prepared {
  const statement = withTypes(parsed.statement, context)
  const { text } = parsed
  const making = (tag: string, run: () => Promise<Result>) =>
    command(() => withoutInternalTables(tag, context, run))
  switch (statement.kind) {
    case 'query':
      if (hasChanges(statement.query)) return prepareWithChanges('query', statement.query, context, types)
      return prepareQuery(statement.query, context, types)
    case 'insert':
    case 'update':
    case 'delete':
    case 'merge':
      if (hasChanges(statement.statement))
        return prepareWithChanges(statement.kind, statement.statement, context, types)
      return prepareDml(statement.kind, statement.statement, context, types)
    case 'truncate':
      return prepareTruncate(statement, context)
    case 'create table':
    case 'create source':
      return making('CREATE TABLE AS', () => createTable(statement, text, context))
    case 'create view':
      return making(`CREATE ${statement.materialized ? 'MATERIALIZED ' : ''}VIEW`, () =>
        createView(statement, text, context),
      )
    case 'alter':
      return command(() => alter(statement, context))
    case 'comment':
      return command(() => comment(statement, context))
    case 'create index':
      return making('CREATE INDEX', () => createIndex(statement, text, context))
    case 'create sink':
      return making('CREATE SINK', () => createSink(statement, text, context))
    case 'create subscription':
      return making('CREATE SUBSCRIPTION', () => createSubscription(statement, context))
    case 'create schema':
    case 'create database':
      return command(() => createNamespace(statement, context))
    case 'create role':
      return command(() => createRole(statement, context))
    case 'alter role':
      return command(() => alterRole(statement, context))
    case 'drop role':
      return command(() => dropRole(statement, context))
    case 'grant':
      return command(() => grant(statement, context))
    case 'default privileges':
      return command(() => defaultPrivileges(statement, context))
    case 'role setting':
      return command(() => roleSetting(statement, context))
    case 'grant role':
      return command(() => grantRole(statement, context))
    case 'create sequence':
      return command(() => createSequence(statement, text, context))
    case 'alter sequence':
      return command(() => alterSequence(statement, context))
    case 'create function':
      return command(() => createFunction(statement, text, context))
    case 'drop function':
      return command(() => dropFunction(statement, context))
    case 'comment on function':
      return command(() => commentOnFunction(statement, context))
    case 'alter function':
      return command(() => alterFunction(statement, context))
    case 'create type':
      return command(() => createType(statement, context))
    case 'create domain':
      return command(() => createDomain(statement, context))
    case 'alter domain':
      return command(() => alterDomain(statement, context))
    case 'alter type':
      return command(() => alterType(statement, context))
    case 'drop type':
      return command(() => dropType(statement, context))
    case 'comment on type':
      return command(() => commentOnType(statement, context))
    case 'drop':
      return command(() => drop(statement, context))
    case 'show':
    case 'describe':
      return prepareShow(statement, context)
    case 'explain job':
      return prepareExplainJob(statement, context)
    case 'explain':
      return prepareExplain(statement, context, types, (inner, dry) =>
        prepare({ ...parsed, statement: inner as DatabaseStatement['statement'] }, dry, []).run([]),
      )
    case 'create secret':
      return command(() => createSecret(statement, context))
    case 'alter secret':
      return command(() => alterSecret(statement, context))
    case 'alter secret place':
      return command(() => alterSecretPlace(statement, context))
    case 'drop secret':
      return command(() => dropSecret(statement, context))
    case 'cancel jobs':
      return rowsOf(
        ['Id'],
        async () => (await cancelJobs(statement, context)).map(id => [String(id)]),
        count => `CANCEL JOBS ${count}`,
      )
    case 'wait':
      return command(() => waitForJobs(context))
    // Nothing is ever out of step with the log: what is under way is committed.
    case 'recover':
      return command(async () => {
        await context.runtime.flush()
        return { tag: 'RECOVER' }
      })
    case 'flush':
      return command(async () => {
        await context.runtime.flush()
        return { tag: 'FLUSH' }
      })
    case 'refresh':
      return command(() => refresh(statement, context))
    default:
      return unreachable(statement)
  }
}

/** A statement without rows and parameters. */
function command(run: () => Promise<Result>): Prepared {
  return { schema: undefined, parameters: [], run }
}
