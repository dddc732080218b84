import { notSupported, SqlError } from '../../types/error.ts'
import { parseTypeName } from '../../types/type-names.ts'
import type { PgNode } from '../contract.ts'
import { type Cursor, parseFragment } from './cursor.ts'
import { type RangeVar, rangeName } from './range-name.ts'
import type { Fragment, SequenceSyntax, Statement } from './statement.ts'

type Body = Readonly<Record<string, unknown>>

/** CREATE SEQUENCE, by PostgreSQL's grammar. */
export function createSequence(c: Cursor): Statement {
  const fragment = whole(c)
  const body = fragment.node['CreateSeqStmt'] as Body
  const name = rangeName(body['sequence'] as RangeVar, fragment)
  return {
    kind: 'create sequence',
    name,
    ifNotExists: body['if_not_exists'] === true,
    ...options(body, fragment),
  }
}

/** Whether ALTER SEQUENCE does what no other ALTER does. */
export function changesSequence(c: Cursor): boolean {
  return !c.tokens.some(
    (token, i) =>
      (token.value === 'rename' && c.tokens[i + 1]?.value === 'to') ||
      (token.value === 'owner' && c.tokens[i + 1]?.value === 'to') ||
      (token.value === 'set' && c.tokens[i + 1]?.value === 'schema'),
  )
}

/** ALTER SEQUENCE with options, by PostgreSQL's grammar. */
export function alterSequence(c: Cursor): Statement {
  const fragment = whole(c)
  const logging = fragment.node['AlterTableStmt'] as Body | undefined
  if (logging !== undefined) return setLogged(logging, fragment)
  const body = fragment.node['AlterSeqStmt'] as Body
  const name = rangeName(body['sequence'] as RangeVar, fragment)
  return { kind: 'alter sequence', name, ifExists: body['missing_ok'] === true, ...options(body, fragment) }
}

/** SET LOGGED and SET UNLOGGED: numbers are marked durably whatever they say. */
function setLogged(body: Body, fragment: Fragment): Statement {
  const position = fragment.position(0)
  const commands = (body['cmds'] as readonly { AlterTableCmd: Body }[]).map(
    each => each.AlterTableCmd['subtype'],
  )
  if (!commands.every(command => command === 'AT_SetLogged' || command === 'AT_SetUnLogged'))
    throw notSupported('this ALTER SEQUENCE', { position })
  const name = rangeName(body['relation'] as RangeVar, fragment)
  return { kind: 'alter sequence', name, ifExists: body['missing_ok'] === true }
}

/** Options of a sequence without the statement around them. */
export function sequenceOptions(sql: string, from: number, to: number): SequenceSyntax {
  const statement = 'ALTER SEQUENCE s '
  const text = statement + sql.slice(from, to)
  const read = parseFragment(text, 0, text.length)
  const position: Fragment['position'] = location => {
    const at = read.position(location)
    return at === undefined ? undefined : at - statement.length + from
  }
  return options(read.node['AlterSeqStmt'] as Body, { ...read, position })
}

function whole(c: Cursor): Fragment {
  c.at = 0
  return c.rest()
}

function options(body: Body, fragment: Fragment): SequenceSyntax {
  let read: SequenceSyntax = {}
  const seen = new Set<string>()
  for (const node of (body['options'] ?? []) as readonly PgNode[]) {
    const element = node['DefElem'] as Body
    const name = String(element['defname'])
    const position = fragment.position(element['location'] as number | undefined)
    if (seen.has(name)) throw new SqlError('syntax_error', 'conflicting or redundant options', { position })
    seen.add(name)
    read = { ...read, ...option(name, element['arg'] as PgNode | undefined, position) }
  }
  return read
}

function option(name: string, arg: PgNode | undefined, position: number | undefined): SequenceSyntax {
  switch (name) {
    case 'as': {
      const type = parseTypeName(strings((arg!['TypeName'] as Body)['names']).at(-1) ?? '')?.name
      if (type !== 'int2' && type !== 'int4' && type !== 'int8')
        throw new SqlError('invalid_parameter_value', 'sequence type must be smallint, integer, or bigint')
      return { type }
    }
    case 'increment':
      return { increment: number(arg)! }
    case 'minvalue':
      return { min: number(arg) ?? null }
    case 'maxvalue':
      return { max: number(arg) ?? null }
    case 'start':
      return { start: number(arg)! }
    case 'restart':
      return { restart: number(arg) ?? null }
    case 'cycle':
      return { cycle: (arg!['Boolean'] as Body)['boolval'] === true }
    // Numbers are marked some at once whatever it says.
    case 'cache':
      return {}
    case 'owned_by': {
      const path = strings((arg!['List'] as Body)['items'])
      if (path.length === 1 && path[0] === 'none') return { ownedBy: null }
      if (path.length < 2)
        throw new SqlError('syntax_error', 'invalid OWNED BY option', {
          hint: 'Specify OWNED BY table.column or OWNED BY NONE.',
        })
      const [column, table, schema] = path.toReversed()
      return { ownedBy: { table: { schema, name: table!, position: position ?? 0 }, column: column! } }
    }
    default:
      throw notSupported(`option "${name}" of a sequence`, { position })
  }
}

function number(arg: PgNode | undefined): bigint | undefined {
  if (arg === undefined) return undefined
  const integer = arg['Integer'] as Body | undefined
  if (integer !== undefined) return BigInt((integer['ival'] as number | undefined) ?? 0)
  return BigInt(String((arg['Float'] as Body)['fval']))
}

function strings(nodes: unknown): readonly string[] {
  return ((nodes ?? []) as readonly { String: { sval: string } }[]).map(node => node.String.sval)
}
