import { foldConstants } from '../../executor/expression/compile.ts'
import { requirePercentage, requireSeed } from '../../executor/functions/sample.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import type { Type } from '../../types/type.ts'
import type { PgNode } from '../contract.ts'
import { column } from '../expressions.ts'
import { schemaOf } from '../plan.ts'
import { as, type Body, list, names, pathOf } from './ast.ts'
import { withoutLateral } from './beside.ts'
import { callFunction, coerce } from './coerce.ts'
import type { Environment } from './environment.ts'
import { bindExpression } from './expression.ts'
import { findRelation } from './find-relation.ts'
import type { From } from './from.ts'

/**
 * `t TABLESAMPLE BERNOULLI (p) [REPEATABLE (s)]`: each row with that chance; with a seed the same rows again as long as they are
 * the same. Rows do not lie in pages here, so SYSTEM chooses them one by one too.
 */
export function sampled(from: From, fields: Body, env: Environment): From {
  const { context } = env
  const range = as(fields['relation'] as PgNode, 'RangeVar')
  const at = (location: unknown) => context.position(location as number | undefined)
  const path = names(list(fields['method']))
  const method = path.at(-1)!
  const position = at(fields['location'])
  if (context.mode === 'stream') throw notSupported('TABLESAMPLE in a view that is kept', { position })
  const cte = range?.['schemaname'] === undefined && env.ctes.has(String(range?.['relname']))
  const relation = range === undefined || cte ? undefined : findRelation(pathOf(range), context, undefined)
  const kind = relation?.relation?.kind
  const isSampled =
    relation !== undefined && (kind === undefined || kind === 'table' || kind === 'materialized view')
  if (!isSampled)
    throw new SqlError(
      'wrong_object_type',
      'TABLESAMPLE clause can only be applied to tables and materialized views',
      { position: at(range?.['location']) },
    )
  if (method !== 'system' && method !== 'bernoulli')
    throw new SqlError('undefined_object', `tablesample method ${method} does not exist`, { position })
  const args = list(fields['args'])
  if (args.length !== 1)
    throw new SqlError(
      'invalid_tablesample_argument',
      `tablesample method ${method} requires 1 argument, not ${args.length}`,
      { position },
    )
  const constant = (node: PgNode, type: Type): Expression => {
    const inner: Environment = {
      ...withoutLateral(env),
      scope: { ...withoutLateral(env).scope, columns: [] },
      allow: { aggregates: false, windows: false, sets: false },
      clause: 'functions in FROM',
    }
    return foldConstants(coerce(bindExpression(node, inner), type, 'assignment', context, position))
  }
  const percentage = constant(args[0]!, { name: 'float4' })
  if (percentage.kind === 'literal') requirePercentage(percentage.value)
  const given = fields['repeatable'] as PgNode | undefined
  if (given === undefined) return kept(from, callFunction('$sampled', [percentage], context, position))
  const seed = constant(given, { name: 'float8' })
  if (seed.kind === 'literal') requireSeed(seed.value)
  const key = from.plan.op === 'scan' ? from.plan.key : []
  const schema = schemaOf(from.plan)
  const told = key.length > 0 ? key : schema.map((_, i) => i)
  const row = told.map(i => column(i, schema[i]!.type))
  return kept(from, callFunction('$sampled', [percentage, seed, ...row], context, position))
}

function kept(from: From, predicate: Expression): From {
  return { ...from, plan: { op: 'filter', input: from.plan, predicate } }
}
