import { evaluate } from '../../executor/expression/compile.ts'
import { notSupported } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { INT4, TEXT, type Type } from '../../types/type.ts'
import { isRegistered } from '../../types/type-labels.ts'
import type { BindContext } from '../contract.ts'
import { call, literal } from '../expressions.ts'
import type { Reach } from './coerce.ts'

/** The number of the session, for functions that ask it. Throws 0A000 where the result would have to be kept up to date. */
export function sessionOf(what: string, context: BindContext, position: number | undefined): Expression {
  if (context.session === undefined || context.mode === 'stream')
    throw notSupported(`${what} in a streaming query`, { position })
  return literal(context.session, INT4)
}

/** Casts between text and regclass, regtype …, which the server looks up; undefined: not such a cast. */
export function castRegistered(
  e: Expression,
  type: Type,
  reach: Reach,
  context: BindContext,
): Expression | undefined {
  if (isRegistered(e.type) && type.name === 'text' && reach !== 'implicit') {
    const session = sessionOf(e.type.label!, context, undefined)
    return call('$regout(oid, text) -> text', [e, literal(e.type.label!, TEXT), session], type)
  }
  const looked = reach === 'explicit' || type.label === 'regclass'
  if (e.type.name === 'text' && isRegistered(type) && looked) {
    const session = sessionOf(type.label!, context, undefined)
    return call('$regin(text, text) -> oid', [e, literal(type.label!, TEXT), session], type)
  }
  return undefined
}

/** The object a quoted literal names; lists too: '{int,text}'::regtype[]. undefined: not such a type. */
export function registeredLiteral(text: string, type: Type, context: BindContext): Expression | undefined {
  const one = type.name === 'array' ? type.element! : type
  if (!isRegistered(one)) return undefined
  const find = (name: string) =>
    evaluate(castRegistered(literal(name, TEXT), one, 'explicit', context) as Expression)
  if (type.name !== 'array') return literal(find(text), type)
  const names = text.replace(/^\s*\{|\}\s*$/g, '').split(',')
  return literal(
    names.filter(name => name !== '').map(name => find(name.trim())),
    type,
  )
}
