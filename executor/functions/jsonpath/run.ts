import { compareDecimals, compareTexts } from '../../../types/compare.ts'
import * as d from '../../../types/decimal.ts'
import { SqlError } from '../../../types/error.ts'
import { isJsonNumber, type Json, jsonNumber, jsonNumberText, memberKeys } from '../../../types/json-text.ts'
import type { JsonPath, PathNode, Step } from '../../../types/jsonpath/parse.ts'
import type { Decimal } from '../../../types/value.ts'
import { compileRegex } from '../regex/compile.ts'
import { kindOf, method } from './methods.ts'
import { compareMoments, type Item, isBadTemplate, isUnlike, Moment } from './moment.ts'

/** What an expression is evaluated in. */
interface Scope {
  readonly root: Json
  readonly variables: ReadonlyMap<string, Json>
  readonly strict: boolean
  readonly current: Item
  /** Of the session, for paths that may use it. */
  readonly zone: string | undefined
  /** Elements of the array whose subscript is evaluated. */
  readonly size: number | undefined
}

type Items = Generator<Item, void>

/** The items of a path one by one. Throws 2203x where the document has not the form that strict paths want. */
export function runPath(
  path: JsonPath,
  root: Json,
  variables: ReadonlyMap<string, Json>,
  zone: string | undefined,
): Items {
  return evaluate(path.expression, {
    root,
    variables,
    strict: path.strict,
    zone,
    current: root,
    size: undefined,
  })
}

function* evaluate(node: PathNode, scope: Scope): Items {
  switch (node.kind) {
    case 'root':
      yield scope.root
      return
    case 'current':
      yield scope.current
      return
    case 'literal':
      yield node.value
      return
    case 'last':
      if (scope.size === undefined)
        throw new SqlError('syntax_error', 'LAST is allowed only in array subscripts')
      yield jsonNumber(String(scope.size - 1))
      return
    case 'variable': {
      const value = scope.variables.get(node.name)
      if (value === undefined)
        throw new SqlError('undefined_object', `could not find jsonpath variable "${node.name}"`)
      yield value
      return
    }
    case 'path':
      for (const item of evaluate(node.from, scope)) yield* follow(node.steps, 0, item, scope)
      return
    case 'arithmetic':
      yield arithmetic(node.operator, node.args as [PathNode, PathNode], scope)
      return
    case 'sign':
      for (const item of unwrapped(node.arg, scope)) {
        if (!isNumber(item))
          throw new SqlError(
            'sql_json_number_not_found',
            `operand of unary jsonpath operator ${node.operator} is not a numeric value`,
          )
        yield node.operator === '-' ? number(d.negateDecimal(decimal(item))) : item
      }
      return
    default:
      yield test(node, scope)
      return
  }
}

function* follow(steps: readonly Step[], at: number, item: Item, scope: Scope): Items {
  const step = steps[at]
  if (step === undefined) {
    yield item
    return
  }
  const next = (found: Item, inner = scope): Items => follow(steps, at + 1, found, inner)
  const each = !scope.strict && Array.isArray(item) ? item : undefined
  switch (step.kind) {
    case 'key':
      if (item instanceof Map) {
        const found = item.get(step.name)
        if (found !== undefined) yield* next(found)
        if (found !== undefined || !scope.strict) return
        throw new SqlError('sql_json_member_not_found', `JSON object does not contain key "${step.name}"`)
      }
      for (const part of each ?? []) if (part instanceof Map) yield* follow(steps, at, part, scope)
      if (!scope.strict) return
      throw new SqlError(
        'sql_json_member_not_found',
        'jsonpath member accessor can only be applied to an object',
      )
    case 'any key':
      if (item instanceof Map) {
        for (const key of memberKeys(item)) yield* next(item.get(key)!)
        return
      }
      for (const part of each ?? []) if (part instanceof Map) yield* follow(steps, at, part, scope)
      if (!scope.strict) return
      throw new SqlError(
        'sql_json_object_not_found',
        'jsonpath wildcard member accessor can only be applied to an object',
      )
    case 'any element':
      if (Array.isArray(item) || !scope.strict) {
        for (const part of Array.isArray(item) ? item : [item]) yield* next(part)
        return
      }
      throw new SqlError(
        'sql_json_array_not_found',
        'jsonpath wildcard array accessor can only be applied to an array',
      )
    case 'elements':
      for (const found of elements(step, item, scope)) yield* next(found)
      return
    case 'descend':
      for (const found of descend(step, item, 0)) yield* next(found, { ...scope, strict: false })
      return
    case 'filter':
      for (const part of each ?? [item])
        if (test(step.test, { ...scope, current: part }) === true) yield* next(part)
      return
    case 'method':
      for (const found of method(step, item, scope.strict)) yield* next(found)
      return
  }
}

function* elements(step: Extract<Step, { kind: 'elements' }>, item: Item, scope: Scope): Items {
  if (scope.strict && !Array.isArray(item))
    throw new SqlError('sql_json_array_not_found', 'jsonpath array accessor can only be applied to an array')
  const list = Array.isArray(item) ? item : [item]
  const inner = { ...scope, size: list.length }
  for (const [first, last] of step.ranges) {
    const from = subscript(first, inner)
    const to = last === undefined ? from : subscript(last, inner)
    if (scope.strict && (from < 0 || from > to || to >= list.length))
      throw new SqlError('invalid_sql_json_subscript', 'jsonpath array subscript is out of bounds')
    for (let i = Math.max(0, from); i <= Math.min(to, list.length - 1); i++) yield list[i]!
  }
}

function subscript(node: PathNode, scope: Scope): number {
  const found = sequence(node, scope)
  if (found.length !== 1 || !isNumber(found[0]!))
    throw new SqlError('invalid_sql_json_subscript', 'jsonpath array subscript is not a single numeric value')
  const index = Math.trunc(d.decimalToNumber(decimal(found[0])))
  if (Math.abs(index) > 2147483647)
    throw new SqlError('invalid_sql_json_subscript', 'jsonpath array subscript is out of integer range')
  return index
}

function* descend(step: Extract<Step, { kind: 'descend' }>, item: Item, level: number): Items {
  // `last` as the least level asks for the leaves.
  const leaf = !(item instanceof Map) && !Array.isArray(item)
  if (step.least === Number.POSITIVE_INFINITY ? leaf : level >= step.least && level <= step.most) yield item
  if (level >= step.most) return
  if (Array.isArray(item)) for (const part of item) yield* descend(step, part, level + 1)
  else if (item instanceof Map)
    for (const key of memberKeys(item)) yield* descend(step, item.get(key)!, level + 1)
}

function sequence(node: PathNode, scope: Scope): Item[] {
  return [...evaluate(node, scope)]
}

/** Operands in lax paths: an array stands for its elements. */
function unwrapped(node: PathNode, scope: Scope): Item[] {
  const found = sequence(node, scope)
  return scope.strict ? found : found.flatMap<Item>(item => (Array.isArray(item) ? item : [item]))
}

const OPERATIONS: Readonly<Record<string, (a: Decimal, b: Decimal) => Decimal>> = {
  '+': d.addDecimals,
  '-': d.subtractDecimals,
  '*': d.multiplyDecimals,
  '/': d.divideDecimals,
  '%': d.remainderDecimals,
}

function arithmetic(operator: string, args: readonly [PathNode, PathNode], scope: Scope): Json {
  const [left, right] = args.map((arg, i) => {
    const found = unwrapped(arg, scope)
    if (found.length === 1 && isNumber(found[0]!)) return decimal(found[0])
    throw new SqlError(
      'singleton_sql_json_item_required',
      `${i === 0 ? 'left' : 'right'} operand of jsonpath operator ${operator} is not a single numeric value`,
    )
  })
  return number(OPERATIONS[operator]!(left!, right!))
}

/** A predicate's truth; null: unknown. */
function test(node: PathNode, scope: Scope): boolean | null {
  switch (node.kind) {
    case 'and':
    case 'or': {
      const decisive = node.kind === 'or'
      const truths = node.args.map(arg => test(arg, scope))
      if (truths.includes(decisive)) return decisive
      return truths.includes(null) ? null : !decisive
    }
    case 'not': {
      const truth = test(node.arg, scope)
      return truth === null ? null : !truth
    }
    case 'is unknown':
      return test(node.arg, scope) === null
    case 'exists':
      return attempt(() => hasItem(evaluate(node.arg, scope), scope.strict))
    case 'compare':
      return pairs(node.args[0]!, node.args[1]!, scope, true, (a, b) =>
        compare(node.operator, a, b, scope.zone),
      )
    case 'starts with':
      return pairs(node.args[0]!, node.args[1]!, scope, false, (a, b) =>
        typeof a === 'string' && typeof b === 'string' ? a.startsWith(b) : null,
      )
    case 'like_regex': {
      const regex = compileRegex(node.pattern, regexFlags(node.flags))
      const one: PathNode = { kind: 'literal', value: null }
      return pairs(node.arg, one, scope, false, a => (typeof a === 'string' ? regex.test(a) : null))
    }
    default: {
      const found = attempt(() => {
        const items = sequence(node, scope)
        return items.length === 1 && items[0] === true
      })
      return found
    }
  }
}

/** Whether some pair of items passes; strict paths look at every pair, for one that cannot be told makes it unknown. */
function pairs(
  left: PathNode,
  right: PathNode,
  scope: Scope,
  both: boolean,
  passes: (a: Item, b: Item) => boolean | null,
): boolean | null {
  return attempt(() => {
    const [first, second] = [unwrapped(left, scope), both ? unwrapped(right, scope) : sequence(right, scope)]
    let [found, unknown] = [false, false]
    for (const a of first)
      for (const b of second) {
        const truth = passes(a, b)
        if (truth === null && scope.strict) return null
        if (truth === true && !scope.strict) return true
        found ||= truth === true
        unknown ||= truth === null
      }
    return found ? true : unknown ? null : false
  })
}

/** Strict paths look at all items, for an error behind the first counts. */
function hasItem(items: Items, strict: boolean): boolean {
  let found = false
  for (const _ of items) {
    found = true
    if (!strict) break
  }
  return found
}

/** Errors of the path make a predicate unknown. */
function attempt(run: () => boolean | null): boolean | null {
  try {
    return run()
  } catch (error) {
    if (isPathError(error)) return null
    throw error
  }
}

/** Errors of a path on a document, which `silent` and predicates hold back. */
export function isPathError(error: unknown): error is SqlError {
  if (isUnlike(error)) return !isBadTemplate(error)
  return error instanceof SqlError && /^(2203|22012|22003)/.test(error.sqlstate)
}

function compare(operator: string, a: Item, b: Item, zone: string | undefined): boolean | null {
  if (a instanceof Moment && b instanceof Moment) {
    const order = compareMoments(a, b, zone)
    return order === undefined ? null : holds(operator, order)
  }
  const kinds = [kindOf(a), kindOf(b)]
  if (kinds[0] !== kinds[1] || a instanceof Moment || b instanceof Moment)
    return kinds.includes('null') ? operator === '!=' : null
  if (kinds[0] === 'array' || kinds[0] === 'object') return null
  const order =
    a === null
      ? 0
      : typeof a === 'string'
        ? compareTexts(a, b as string)
        : typeof a === 'boolean'
          ? Number(a) - Number(b)
          : compareDecimals(decimal(a), decimal(b))
  return holds(operator, order)
}

function holds(operator: string, order: number): boolean {
  switch (operator) {
    case '==':
      return order === 0
    case '!=':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    default:
      return order >= 0
  }
}

function regexFlags(flags: string): string {
  const ignoreCase = flags.includes('i') ? 'i' : ''
  if (flags.includes('q')) return `q${ignoreCase}`
  const lines = flags.includes('m')
  return `${flags.includes('s') ? (lines ? 'w' : 's') : lines ? 'n' : 'p'}${ignoreCase}`
}

function isNumber(item: Item): item is Extract<Json, { text: string }> {
  return !(item instanceof Moment) && isJsonNumber(item)
}

function decimal(value: Item): Decimal {
  return isNumber(value) ? d.parseDecimal(jsonNumberText(value))! : d.NAN
}

function number(value: Decimal): Json {
  return jsonNumber(d.formatDecimal(value))
}
