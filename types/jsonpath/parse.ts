import { SqlError } from '../error.ts'
import { isJsonNumber, type Json, jsonNumber, jsonNumberText } from '../json-text.ts'
import { type Token, tokens } from './tokens.ts'

/** An expression of jsonpath (PostgreSQL 9.16.2). A path is what it starts at and its steps. */
export type PathNode =
  | { readonly kind: 'root' | 'current' | 'last' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'path'; readonly from: PathNode; readonly steps: readonly Step[] }
  | { readonly kind: 'arithmetic'; readonly operator: string; readonly args: readonly PathNode[] }
  | { readonly kind: 'sign'; readonly operator: '+' | '-'; readonly arg: PathNode }
  | Predicate

export type Predicate =
  | { readonly kind: 'and' | 'or'; readonly args: readonly PathNode[] }
  | { readonly kind: 'not' | 'exists' | 'is unknown'; readonly arg: PathNode }
  | { readonly kind: 'compare'; readonly operator: string; readonly args: readonly PathNode[] }
  | { readonly kind: 'starts with'; readonly args: readonly PathNode[] }
  | { readonly kind: 'like_regex'; readonly arg: PathNode; readonly pattern: string; readonly flags: string }

export type Step =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'any key' | 'any element' }
  | { readonly kind: 'descend'; readonly least: number; readonly most: number }
  | { readonly kind: 'elements'; readonly ranges: readonly (readonly [PathNode, PathNode | undefined])[] }
  | { readonly kind: 'filter'; readonly test: PathNode }
  | { readonly kind: 'method'; readonly name: string; readonly template?: string }

export interface JsonPath {
  readonly strict: boolean
  readonly expression: PathNode
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<>', '<', '<=', '>', '>='])
const METHODS: ReadonlySet<string> = new Set([
  'type',
  'size',
  'double',
  'ceiling',
  'floor',
  'abs',
  'keyvalue',
  'datetime',
])

/** Throws 42601 in PostgreSQL's wording. */
export function parsePath(text: string): JsonPath {
  const list = tokens(text)
  if (list.length === 0)
    throw new SqlError('invalid_text_representation', `invalid input syntax for type jsonpath: "${text}"`)
  let filters = 0
  let subscriptDepth = 0
  let at = 0
  const peek = (): Token | undefined => list[at]
  const is = (value: string): boolean => list[at]?.kind !== 'string' && list[at]?.text === value
  const fail = (): SqlError => {
    const token = peek()
    const where = token === undefined ? 'at end' : 'at or near'
    return new SqlError(
      'syntax_error',
      token === undefined
        ? `syntax error ${where} of jsonpath input`
        : `syntax error ${where} "${token.text}" of jsonpath input`,
    )
  }
  const take = (value: string): boolean => {
    if (!is(value)) return false
    at++
    return true
  }
  const need = (value: string): void => {
    if (!take(value)) throw fail()
  }

  const or = (): PathNode => {
    const args = [and()]
    while (take('||')) args.push(and())
    return args.length === 1 ? args[0]! : { kind: 'or', args }
  }
  const and = (): PathNode => {
    const args = [comparison()]
    while (take('&&')) args.push(comparison())
    return args.length === 1 ? args[0]! : { kind: 'and', args }
  }
  const comparison = (): PathNode => {
    if (take('!')) {
      const arg = is('exists') ? exists() : parenthesized()
      return { kind: 'not', arg }
    }
    if (is('exists') && list[at + 1]?.text === '(') return exists()
    const left = sum()
    const operator = peek()?.kind === 'operator' ? peek()!.text : ''
    if (COMPARISONS.has(operator)) {
      at++
      return { kind: 'compare', operator: operator === '<>' ? '!=' : operator, args: [left, sum()] }
    }
    if (take('starts')) {
      need('with')
      return { kind: 'starts with', args: [left, primary()] }
    }
    if (take('like_regex')) return regex(left)
    if (take('is')) {
      need('unknown')
      return { kind: 'is unknown', arg: left }
    }
    return left
  }
  const regex = (arg: PathNode): PathNode => {
    const pattern = text_()
    const flags = take('flag') ? text_() : ''
    checkFlags(flags)
    return { kind: 'like_regex', arg, pattern, flags }
  }
  const text_ = (): string => {
    const token = peek()
    if (token?.kind !== 'string') throw fail()
    at++
    return token.text
  }
  const exists = (): PathNode => {
    at++
    need('(')
    const arg = or()
    need(')')
    return { kind: 'exists', arg }
  }
  const parenthesized = (): PathNode => {
    need('(')
    const arg = or()
    need(')')
    return arg
  }
  const sum = (): PathNode => {
    let left = product()
    while (is('+') || is('-')) {
      const operator = list[at++]!.text
      left = { kind: 'arithmetic', operator, args: [left, product()] }
    }
    return left
  }
  const product = (): PathNode => {
    let left = signed()
    while (is('*') || is('/') || is('%')) {
      const operator = list[at++]!.text
      left = { kind: 'arithmetic', operator, args: [left, signed()] }
    }
    return left
  }
  const signed = (): PathNode => {
    if (take('+')) return sign('+', signed())
    if (take('-')) return sign('-', signed())
    return accessed()
  }
  const sign = (operator: '+' | '-', arg: PathNode): PathNode => {
    if (arg.kind !== 'literal' || !isJsonNumber(arg.value)) return { kind: 'sign', operator, arg }
    if (operator === '+') return arg
    const written = jsonNumberText(arg.value)
    const negated = written.startsWith('-') ? written.slice(1) : `-${written}`
    return { kind: 'literal', value: jsonNumber(/[1-9]/.test(negated) ? negated : written) }
  }
  const accessed = (): PathNode => {
    const from = primary()
    const steps: Step[] = []
    for (let next = step(); next !== undefined; next = step()) steps.push(next)
    return steps.length === 0 ? from : { kind: 'path', from, steps }
  }
  const primary = (): PathNode => {
    const token = peek()
    if (token === undefined) throw fail()
    if (token.kind === 'operator' && token.text === '(') return parenthesized()
    at++
    switch (token.kind) {
      case 'string':
        return { kind: 'literal', value: token.text }
      case 'number':
        return { kind: 'literal', value: jsonNumber(token.text) }
      case 'variable':
        return { kind: 'variable', name: token.text }
      default:
    }
    switch (token.text) {
      case '$':
        return { kind: 'root' }
      case '@':
        if (filters === 0) throw new SqlError('syntax_error', '@ is not allowed in root expressions')
        return { kind: 'current' }
      case 'last':
        if (subscriptDepth === 0)
          throw new SqlError('syntax_error', 'LAST is allowed only in array subscripts')
        return { kind: 'last' }
      case 'true':
      case 'false':
        return { kind: 'literal', value: token.text === 'true' }
      case 'null':
        return { kind: 'literal', value: null }
      default:
        at--
        throw fail()
    }
  }
  const step = (): Step | undefined => {
    if (take('[')) return subscripts()
    if (take('?')) {
      filters++
      const test = parenthesized()
      filters--
      return { kind: 'filter', test }
    }
    if (!take('.')) return undefined
    if (take('*')) return { kind: 'any key' }
    if (take('**')) return descend()
    const token = peek()
    if (token === undefined || (token.kind !== 'word' && token.kind !== 'string')) throw fail()
    at++
    if (token.kind === 'word' && is('(')) {
      at++
      if (!METHODS.has(token.text)) throw fail()
      const template = token.text === 'datetime' && !is(')') ? text_() : undefined
      need(')')
      return { kind: 'method', name: token.text, ...(template !== undefined && { template }) }
    }
    return { kind: 'key', name: token.text }
  }
  const descend = (): Step => {
    if (!take('{')) return { kind: 'descend', least: 0, most: Number.POSITIVE_INFINITY }
    const level = (): number => {
      if (take('last')) return Number.POSITIVE_INFINITY
      const token = peek()
      if (token?.kind !== 'number') throw fail()
      at++
      return Number(token.text)
    }
    const least = level()
    const most = take('to') ? level() : least
    need('}')
    return { kind: 'descend', least, most }
  }
  const subscripts = (): Step => {
    if (is('*') && list[at + 1]?.text === ']') {
      at += 2
      return { kind: 'any element' }
    }
    const ranges: [PathNode, PathNode | undefined][] = []
    subscriptDepth++
    do {
      const from = sum()
      ranges.push([from, take('to') ? sum() : undefined])
    } while (take(','))
    need(']')
    subscriptDepth--
    return { kind: 'elements', ranges }
  }

  const strict = take('strict')
  if (!strict) take('lax')
  const expression = or()
  if (at < list.length) throw fail()
  return { strict, expression }
}

/** Throws 42601 for a flag that like_regex has not, 0A000 for the one that PostgreSQL has not either. */
function checkFlags(flags: string): void {
  const other = [...flags].find(flag => !'ismxq'.includes(flag))
  if (other !== undefined)
    throw new SqlError('syntax_error', 'invalid input syntax for type jsonpath', {
      detail: `Unrecognized flag character "${other}" in LIKE_REGEX predicate.`,
    })
  if (flags.includes('x') && !flags.includes('q'))
    throw new SqlError(
      'feature_not_supported',
      'XQuery "x" flag (expanded regular expressions) is not implemented',
    )
}
