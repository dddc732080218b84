import { notSupported } from '../../types/error.ts'
import { type CheckOption, isViewOption, viewOption } from '../view-options.ts'
import { nameList, optionList, query } from './create.ts'
import type { Cursor } from './cursor.ts'
import { temporaryName } from './range-name.ts'
import type { Statement } from './statement.ts'
import type { Token } from './tokens.ts'

/** After CREATE [OR REPLACE] [MATERIALIZED] VIEW. */
export function createView(c: Cursor, replace: boolean, temporary: boolean): Statement {
  const materialized = c.tokens[c.at - 2]!.value === 'materialized'
  const ifNotExists = c.accept('if', 'not', 'exists')
  const name = temporary ? temporaryName(c.name()) : c.name()
  const columns = c.looking('(') ? nameList(c) : []
  const given = c.looking('with') ? viewOptions(c, materialized) : {}
  c.expect('as')
  const check = materialized ? undefined : checkOption(c.tokens)
  const { query: body, onWindowClose } = query(c, check?.words)
  const options = check === undefined ? given : { ...given, check_option: check.option }
  return {
    options,
    kind: 'create view',
    name,
    ifNotExists,
    replace,
    materialized,
    columns,
    query: body,
    onWindowClose,
  }
}

/** A resource group means nothing here. */
const VIEW_OPTIONS = new Set([
  'refresh.interval.sec',
  'backfill_order',
  'backfill_rate_limit',
  'resource_group',
])

function viewOptions(c: Cursor, materialized: boolean): Record<string, string> {
  const { start } = c.token!
  c.expect('with')
  const options = optionList(c, !materialized)
  for (const [name, value] of Object.entries(options)) {
    if (!materialized && isViewOption(name)) options[name] = viewOption(name, value)
    else if (!VIEW_OPTIONS.has(name)) throw notSupported(`option "${name}" of a view`, { position: start })
  }
  return options
}

/** `WITH [LOCAL | CASCADED] CHECK OPTION`, when these are the last words. */
function checkOption(
  tokens: readonly Token[],
): { readonly option: CheckOption; readonly words: number } | undefined {
  const last = tokens.slice(-4).map(token => (token.kind === 'word' ? token.value : ''))
  if (last.slice(1).join(' ') === 'with check option') return { option: 'cascaded', words: 3 }
  const [first, option] = last
  if (first !== 'with' || last.slice(2).join(' ') !== 'check option') return undefined
  return option === 'local' || option === 'cascaded' ? { option, words: 4 } : undefined
}
