import { fn } from '../../../executor/functions/registry.ts'
import type { Relation } from '../../../planner/catalog.ts'
import { SqlError } from '../../../types/error.ts'
import type { Value } from '../../../types/value.ts'
import { requireRelationRight, rightsOf } from '../../access/rights.ts'
import { nextNumber, numberOf, setNumber } from '../../sequences.ts'
import { relationByOid } from '../lookup.ts'
import { type SystemSession, sessionByNumber } from '../sessions.ts'

/** What a session drew: by sequence, and last of all. */
interface Drawn {
  readonly values: Map<number, bigint>
  last: number | undefined
}

const drawn = new WeakMap<SystemSession, Drawn>()

function drawnBy(session: SystemSession): Drawn {
  let known = drawn.get(session)
  if (known === undefined) drawn.set(session, (known = { values: new Map(), last: undefined }))
  return known
}

function sequence(session: SystemSession, oid: number): Relation {
  const relation = relationByOid(session, oid)
  if (relation?.sequence !== undefined) return relation
  throw new SqlError(
    'wrong_object_type',
    relation === undefined
      ? `could not open relation with OID ${oid}`
      : `"${relation.name}" is not a sequence`,
  )
}

function register(
  signature: string,
  help: string,
  answer: (session: SystemSession, ...args: never[]) => Value,
): void {
  fn(signature, {
    help,
    session: true,
    volatility: 'volatile',
    call: ((...args: readonly Value[]) => {
      const session = sessionByNumber(args.at(-1) as number)
      return (answer as (session: SystemSession, ...args: readonly Value[]) => Value)(
        session,
        ...args.slice(0, -1),
      )
    }) as (...args: never[]) => Value,
  })
}

register('nextval(regclass) -> int8', 'next number of a sequence', (session, oid: number) => {
  const relation = sequence(session, oid)
  const { current } = session.catalogs
  requireRelationRight(rightsOf(session, current), current, 'update', relation)
  const value = nextNumber(session.catalogs, relation)
  const own = drawnBy(session)
  own.values.set(oid, value)
  own.last = oid
  return value
})
register('currval(regclass) -> int8', 'number the session drew last', (session, oid: number) => {
  const { name } = sequence(session, oid)
  const value = drawnBy(session).values.get(oid)
  if (value === undefined)
    throw new SqlError(
      'object_not_in_prerequisite_state',
      `currval of sequence "${name}" is not yet defined in this session`,
    )
  return value
})
register('lastval() -> int8', 'number the session drew last of any sequence', session => {
  const { values, last } = drawnBy(session)
  if (last === undefined)
    throw new SqlError('object_not_in_prerequisite_state', 'lastval is not yet defined in this session')
  return values.get(last)!
})
const set = (session: SystemSession, oid: number, value: bigint, called = true): Value => {
  const relation = sequence(session, oid)
  const { current } = session.catalogs
  requireRelationRight(rightsOf(session, current), current, 'update', relation)
  setNumber(session.catalogs, relation, value, called)
  if (called) drawnBy(session).values.set(oid, value)
  return value
}
register('setval(regclass, int8) -> int8', 'sets where a sequence stands', set)
register(
  'setval(regclass, int8, bool) -> int8',
  'sets where a sequence stands; false: that number comes next',
  set,
)
register(
  '$sequence_last(regclass) -> int8',
  'where a sequence stands',
  (session, oid: number) => numberOf(session.catalogs, sequence(session, oid)).last,
)
register(
  '$sequence_called(regclass) -> bool',
  'whether that number was given',
  (session, oid: number) => numberOf(session.catalogs, sequence(session, oid)).called,
)
