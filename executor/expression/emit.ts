import { cellValue } from '../../storage/column-buffer.ts'
import { compareValues } from '../../types/compare.ts'
import { AssertionError, assert } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { physical, type Type } from '../../types/type.ts'
import type { Decimal, Value } from '../../types/value.ts'
import { castValue } from '../functions/casts.ts'
import { functionById } from '../functions/index.ts'
import { reshapeValue } from '../functions/reshape.ts'
import { type Definition, JAVASCRIPT, JAVASCRIPT_VOLATILE } from '../javascript/definition.ts'
import { trustedFunction } from '../javascript/function.ts'
import { IsolatedFunction } from '../javascript/isolated.ts'
import {
  type DecimalSource,
  decimal96Operation,
  decimalComparison,
  decimalOperation,
  loadDecimal,
  loadWhole,
} from './decimal-source.ts'
import { type Call, sharedCalls } from './shared.ts'
import { ofBytes } from './text-source.ts'

type ColumnRef = Extract<Expression, { kind: 'column' }>

/** A value in generated code: sources that are cheap to repeat. `isNull` 'false' and 'true' are known at compile time. */
export interface Emitted {
  readonly value: string
  readonly isNull: string
}

type DecimalOperator =
  | { readonly kind: 'arithmetic'; readonly symbol: '+' | '-' | '*'; readonly isRisingWave: boolean }
  | { readonly kind: 'comparison'; readonly symbol: string }

const COMPARISONS = { '=': '===', '<>': '!==', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const
const DECIMAL_OPERATORS: Readonly<Record<string, DecimalOperator>> = Object.fromEntries([
  ...(['+', '-', '*'] as const).flatMap(symbol =>
    ['', ' risingwave'].map(dialect => [
      `${symbol}(numeric, numeric) -> numeric${dialect}`,
      { kind: 'arithmetic', symbol, isRisingWave: dialect !== '' },
    ]),
  ),
  ...Object.entries(COMPARISONS).map(([name, symbol]) => [
    `${name}(numeric, numeric) -> bool`,
    { kind: 'comparison', symbol },
  ]),
])

/** Whether it adds, subtracts or multiplies numerics. */
export function isArithmetic(e: Expression): e is Call {
  return e.kind === 'call' && DECIMAL_OPERATORS[e.fn]?.kind === 'arithmetic'
}

/**
 * Writes the body of one row's evaluation. SQL text never becomes source: literals, functions and casts are constants,
 * named `k0`, `k1`, … by position.
 */
export class Emitter {
  readonly lines: string[] = []
  readonly constants: unknown[] = []
  /** Columns read, for the prologue. */
  readonly used = new Map<number, Type>()
  /** Before the loop: a variable and a function for each value that is used more than once in a row. */
  readonly shared: string[] = []
  /** Functions that want to know of the rows before the loop; without arguments where those are not a row's alone. */
  readonly isolated: {
    readonly name: string
    readonly function: IsolatedFunction
    readonly args: readonly Expression[] | undefined
  }[] = []
  readonly #sharedBy: (call: Call) => number | undefined
  readonly #names = new Map<number, number>()
  readonly #stream: boolean
  #temporaries = 0

  /**
   * `stream`: whole numbers stand in the source (else queries that differ in them have one source), and what fails is NULL
   * to the calls that can tell NULL from a value.
   */
  constructor(expressions: readonly Expression[], stream = true) {
    this.#stream = stream
    this.#sharedBy = sharedCalls(expressions)
  }

  /** At the start of a row. */
  get forget(): string {
    return this.shared.map((_, n) => `m${n} = undefined;`).join(' ')
  }

  constant(value: unknown): string {
    return `k${this.constants.push(value) - 1}`
  }

  emit(e: Expression): Emitted {
    switch (e.kind) {
      case 'literal':
        return { value: e.value === null ? 'null' : this.#literal(e.value), isNull: String(e.value === null) }
      case 'column':
        return this.#column(e.index, e.type)
      case 'parameter':
        throw new AssertionError('parameters are replaced before compilation')
      case 'call': {
        const shared = this.#sharedBy(e)
        return shared === undefined ? this.#call(e) : this.#once(shared, e)
      }
    }
  }

  /** Computes a repeated value where it is first needed, in the branch that needs it. */
  #once(id: number, e: Call): Emitted {
    let n = this.#names.get(id)
    if (n === undefined) {
      n = this.shared.push('') - 1
      this.#names.set(id, n)
      const from = this.lines.length
      const result = nullable(this.#call(e))
      const body = this.lines.splice(from)
      this.shared[n] = `let m${n}; const f${n} = i => {\n${body.join('\n')}\nreturn ${result};\n};`
    }
    const t = this.#temporary()
    this.lines.push(`const ${t} = m${n} !== undefined ? m${n} : (m${n} = f${n}(i));`)
    return { value: t, isNull: `(${t} === null)` }
  }

  #literal(value: Value): string {
    if (typeof value === 'boolean') return String(value)
    const whole = typeof value === 'number' && Number.isInteger(value) && !Object.is(value, -0)
    if (whole && this.#stream) return `(${value})`
    return this.constant(value)
  }

  #column(index: number, type: Type): Emitted {
    this.used.set(index, type)
    const kind = physical(type)
    const isNull = `(c${index}n !== null && c${index}n[i] === 1)`
    if (kind === 'bytes') return { value: `${this.constant(cellValue)}(c${index}, i)`, isNull }
    return { value: kind === 'u8' ? `(c${index}d[i] === 1)` : `c${index}d[i]`, isNull }
  }

  #call(e: Extract<Expression, { kind: 'call' }>): Emitted {
    switch (e.fn) {
      case 'and':
        return this.#logic(e.args, false)
      case 'or':
        return this.#logic(e.args, true)
      case 'is null':
        return { value: this.#lenient(e.args[0]!).isNull, isNull: 'false' }
      case 'is not null':
        return { value: `!${this.#lenient(e.args[0]!).isNull}`, isNull: 'false' }
      case 'is distinct from':
        return { value: `!${this.#same(e)}`, isNull: 'false' }
      case 'is not distinct from':
        return { value: this.#same(e), isNull: 'false' }
      case 'case':
        return this.#choice(e)
      case 'coalesce':
        return this.#coalesce(e)
      case 'cast':
        return this.#castCall(e)
      case 'reshape':
        return this.#strict(e, ([a]) => {
          const from = e.args[0]!.type
          return `${this.constant((value: Value) => reshapeValue(value, from, e.type))}(${a!})`
        })
      case 'in':
        return this.#logic(
          e.args
            .slice(1)
            .map(item => ({ kind: 'call', fn: '=', args: [e.args[0]!, item], type: { name: 'bool' } })),
          true,
        )
      case '=':
        return e.args[0]!.type.name === 'numeric'
          ? this.#decimalResult({ ...e, fn: '=(numeric, numeric) -> bool' })!
          : this.#equal(e)
      case '=(text, text) -> bool':
        return this.#equal(e)
      case '<>(text, text) -> bool': {
        const same = this.#equal(e)
        return { value: `!${same.value}`, isNull: same.isNull }
      }
      case 'row':
      case 'array': {
        const parts = e.args.map(arg => this.#lenient(arg))
        return { value: `[${parts.map(nullable).join(', ')}]`, isNull: 'false' }
      }
      case '$variable':
        return this.#variable(e.args[0]!)
      case 'map_filter':
      case 'array_transform':
        return this.#transform(e)
      case 'field': {
        const struct = this.emit(e.args[0]!)
        const position = this.emit(e.args[1]!).value
        const t = this.#temporary()
        this.lines.push(`const ${t} = ${struct.isNull} ? null : ${struct.value}[${position}];`)
        return { value: t, isNull: `(${t} === null)` }
      }
      case JAVASCRIPT:
      case JAVASCRIPT_VOLATILE:
        return this.#javascript(e)
      default:
        return this.#function(e)
    }
  }

  /** A lambda's variable is its function's parameter. */
  #variable(depth: Expression): Emitted {
    assert(depth.kind === 'literal', 'a variable has a number')
    const name = `x${Number(depth.value)}`
    return { value: name, isNull: `(${name} === null)` }
  }

  /** The body is a function of the element or the entry, made for each row so that it sees the row's columns. */
  #transform(e: Extract<Expression, { kind: 'call' }>): Emitted {
    const array = this.emit(e.args[0]!)
    const variables = e.args.slice(2).map(number => this.#variable(number).value)
    const from = this.lines.length
    const body = nullable(this.emit(e.args[1]!))
    const lines = this.lines.splice(from).join('\n')
    const method = e.fn === 'map_filter' ? `filter(([${variables.join(', ')}])` : `map(${variables[0]}`
    const t = this.#temporary()
    this.lines.push(
      `const ${t} = ${array.isNull} ? null : ${array.value}.${method} => {\n${lines}\nreturn ${body};\n});`,
    )
    const empty = e.fn === 'map_filter' ? ` || ${t}.length === 0` : ''
    return { value: t, isNull: `(${t} === null${empty})` }
  }

  /** A user's function: its definition is the first argument. */
  #javascript(e: Extract<Expression, { kind: 'call' }>): Emitted {
    const [definition, ...args] = e.args
    assert(definition?.kind === 'literal', 'javascript: a definition is constant')
    const json = definition.value as string
    const { strict, trusted } = JSON.parse(json) as Definition
    const call = trusted ? this.constant(trustedFunction(json)) : this.#isolated(json, args)
    if (strict) return this.#strict({ ...e, args }, values => `${call}(${values.join(', ')})`)
    const values = args.map(arg => nullable(this.emit(arg)))
    const t = this.#temporary()
    this.lines.push(`const ${t} = ${call}(${values.join(', ')});`)
    return { value: t, isNull: `(${t} === null)` }
  }

  #isolated(json: string, args: readonly Expression[]): string {
    const isolated = new IsolatedFunction(json)
    const name = this.constant(isolated)
    this.isolated.push({ name, function: isolated, args: args.some(hasVariable) ? undefined : args })
    return `${name}.call`
  }

  #function(e: Extract<Expression, { kind: 'call' }>): Emitted {
    const decimal = this.#decimalResult(e)
    if (decimal !== undefined) return decimal
    const test = ofBytes(e)
    if (test !== undefined) return this.#ofColumn(e.args[0] as ColumnRef, this.constant(test))
    const entry = functionById(e.fn)
    if (entry.emit !== undefined) return this.#strict(e, args => entry.emit!(args))
    const call = this.constant(
      entry.make === undefined
        ? entry.call
        : entry.make(
            e.args.map(arg => arg.type),
            e.type,
          ),
    )
    if (entry.strict !== false) return this.#strict(e, args => `${call}(${args.join(', ')})`)
    const args = e.args.map(arg => nullable(this.#lenient(arg)))
    const t = this.#temporary()
    this.lines.push(`const ${t} = ${call}(${args.join(', ')});`)
    return { value: t, isNull: `(${t} === null)` }
  }

  /** NULL when an argument is; else the source made of the argument values. */
  #strict(e: Extract<Expression, { kind: 'call' }>, make: (args: readonly string[]) => string): Emitted {
    const args = e.args.map(arg => this.emit(arg))
    const isNull = anyNull(args)
    const t = this.#temporary()
    const source = make(args.map(arg => arg.value))
    this.lines.push(`const ${t} = ${isNull === 'false' ? source : `${isNull} ? null : ${source}`};`)
    return { value: t, isNull: `(${t} === null)` }
  }

  /** Arithmetic and comparisons of numerics, in doubles where these are exact. */
  #decimalResult(e: Call): Emitted | undefined {
    const operator = DECIMAL_OPERATORS[e.fn]
    if (operator === undefined) return undefined
    const nulls: string[] = []
    const t = this.#temporary()
    if (operator.kind === 'arithmetic') {
      const { m, s, slow } = this.#decimal(e, nulls, true)
      const isNull = anyNull(nulls.map(isNull => ({ value: '', isNull })))
      this.lines.push(
        `const ${t} = ${isNull} ? null : ${m} === ${m} ? new FreshDecimal(BigInt(${m}), ${s}) : ${slow};`,
      )
      return { value: t, isNull: isNull === 'false' ? 'false' : `(${t} === null)` }
    }
    const [a, b] = e.args.map(arg => this.#decimal(arg, nulls)) as [DecimalSource, DecimalSource]
    const slow = `${this.constant(functionById(e.fn).call)}(${a.slow}, ${b.slow})`
    const scaled = `${a.s} - ${b.s} <= 22 && ${b.s} - ${a.s} <= 22`
    const fast = decimalComparison(operator.symbol, a, b)
    const isNull = anyNull(nulls.map(isNull => ({ value: '', isNull })))
    this.lines.push(
      `const ${t} = ${isNull} ? null : ${a.m} === ${a.m} && ${b.m} === ${b.m} && ${scaled} ? ${fast} : ${slow};`,
    )
    return { value: t, isNull: isNull === 'false' ? 'false' : `(${t} === null)` }
  }

  /** Arithmetic on numerics as mantissa and scale, for a column of its own; undefined: the expression is another. */
  decimals(e: Expression): (DecimalSource & Pick<Emitted, 'isNull'>) | undefined {
    if (!isArithmetic(e)) return undefined
    const nulls: string[] = []
    const source = this.#decimal(e, nulls, true)
    return { ...source, isNull: anyNull(nulls.map(isNull => ({ value: '', isNull }))) }
  }

  /** What a query computes anew sooner than it keeps it as an object. */
  #isBrief(e: Call, depth = 2): boolean {
    if (this.#stream || depth === 0) return false
    return e.args.every(arg => arg.kind !== 'call' || arg.fn === 'cast' || this.#isBrief(arg, depth - 1))
  }

  /** A numeric as mantissa and scale. What makes it NULL goes to `nulls`. */
  #decimal(e: Expression, nulls: string[], top = false): DecimalSource {
    const [m, s] = [this.#temporary(), this.#temporary()]
    const operator = e.kind === 'call' ? DECIMAL_OPERATORS[e.fn] : undefined
    const apart = e.kind === 'call' && !top && this.#sharedBy(e) !== undefined && !this.#isBrief(e)
    if (e.kind === 'call' && operator?.kind === 'arithmetic' && !apart) {
      const [a, b] = e.args.map(arg => this.#decimal(arg, nulls)) as [DecimalSource, DecimalSource]
      const operation = operator.isRisingWave ? decimal96Operation : decimalOperation
      this.lines.push(operation(operator.symbol, a, b, m, s))
      return { m, s, slow: `${this.constant(functionById(e.fn).call)}(${a.slow}, ${b.slow})` }
    }
    if (e.kind === 'literal' && isSmall(e.value)) {
      const { digits, scale } = e.value
      return { m: this.constant(Number(digits)), s: this.constant(scale), slow: this.constant(e.value) }
    }
    const whole = e.kind === 'call' && e.fn === 'cast' ? e.args[0]! : e
    if (['int2', 'int4', 'int8'].includes(whole.type.name)) return this.#whole(whole, nulls, m)
    const value = this.#temporary()
    const leaf = this.emit(e)
    nulls.push(leaf.isNull)
    this.lines.push(`const ${value} = ${nullable(leaf)};`, loadDecimal(value, m, s))
    return { m, s, slow: value }
  }

  /** A whole number as a numeric's mantissa. */
  #whole(e: Expression, nulls: string[], m: string): DecimalSource {
    const whole = this.emit(e)
    nulls.push(whole.isNull)
    if (e.type.name !== 'int8') {
      this.lines.push(`const ${m} = ${whole.isNull} ? 0 : ${whole.value};`)
      return { m, s: '0', slow: `({ digits: BigInt(${m}), scale: 0 })` }
    }
    const value = this.#temporary()
    this.lines.push(`const ${value} = ${whole.isNull} ? 0n : ${whole.value};`, loadWhole(value, m))
    return { m, s: '0', slow: `({ digits: ${value}, scale: 0 })` }
  }

  /** What a function makes of the bytes of a text column's cell. */
  #ofColumn({ index, type }: ColumnRef, name: string, ...constants: readonly string[]): Emitted {
    this.used.set(index, type)
    const cell = this.#column(index, type)
    const data = `c${index}d`
    const args = [`${data}.bytes`, `${data}.starts[i]`, `${data}.ends[i]`, ...constants]
    const t = this.#temporary()
    this.lines.push(`const ${t} = ${cell.isNull} ? null : ${name}(${args.join(', ')});`)
    return { value: t, isNull: `(${t} === null)` }
  }

  /** Equality; text columns against literals compare bytes. */
  #equal(e: Extract<Expression, { kind: 'call' }>): Emitted {
    const [a, b] = e.args as [Expression, Expression]
    if (
      a.kind === 'column' &&
      b.kind === 'literal' &&
      a.type.name === 'text' &&
      typeof b.value === 'string'
    ) {
      return this.#ofColumn(a, 'sameBytes', this.constant(new Uint8Array(Buffer.from(b.value))))
    }
    const type = this.constant(a.type)
    const compare = this.constant(compareValues)
    const plain =
      physical(a.type) === 'i64' ||
      physical(a.type) === 'i32' ||
      a.type.name === 'text' ||
      a.type.name === 'bool'
    return this.#strict(e, ([x, y]) =>
      plain ? `(${x} === ${y})` : `(${compare}(${type}, ${x}, ${y}) === 0)`,
    )
  }

  #same(e: Extract<Expression, { kind: 'call' }>): string {
    const [a, b] = e.args.map(arg => this.#lenient(arg)) as [Emitted, Emitted]
    const type = this.constant(e.args[0]!.type)
    const compare = this.constant(compareValues)
    return `(${compare}(${type}, ${nullable(a)}, ${nullable(b)}) === 0)`
  }

  /** Three-valued AND (`stop` false) or OR (`stop` true), left to right, later arguments only when needed. */
  #logic(args: readonly Expression[], stop: boolean): Emitted {
    const t = this.#temporary()
    this.lines.push(`let ${t} = ${!stop};`)
    this.#nested(() => {
      for (const arg of args) {
        const part = this.#lenient(arg)
        this.lines.push(
          `if (${part.isNull}) ${t} = ${t} === ${stop} ? ${stop} : null; else if (${part.value} === ${stop}) ${t} = ${stop};`,
        )
        this.lines.push(`if (${t} !== ${stop}) {`)
      }
      this.lines.push('}'.repeat(args.length))
    })
    return { value: t, isNull: `(${t} === null)` }
  }

  #choice(e: Extract<Expression, { kind: 'call' }>): Emitted {
    const t = this.#temporary()
    this.lines.push(`let ${t} = null;`)
    this.#nested(() => {
      let depth = 0
      let i = 0
      for (; i + 1 < e.args.length; i += 2) {
        const when = this.#lenient(e.args[i]!)
        this.lines.push(`if (!${when.isNull} && ${when.value} === true) {`)
        this.lines.push(`${t} = ${nullable(this.emit(e.args[i + 1]!))};`, '} else {')
        depth++
      }
      if (i < e.args.length) this.lines.push(`${t} = ${nullable(this.emit(e.args[i]!))};`)
      this.lines.push('}'.repeat(depth))
    })
    return { value: t, isNull: `(${t} === null)` }
  }

  #coalesce(e: Extract<Expression, { kind: 'call' }>): Emitted {
    const t = this.#temporary()
    this.lines.push(`let ${t} = null;`)
    this.#nested(() => {
      for (const arg of e.args) {
        this.lines.push(`if (${t} === null) {`)
        this.lines.push(`${t} = ${nullable(this.#lenient(arg))};`)
      }
      this.lines.push('}'.repeat(e.args.length))
    })
    return { value: t, isNull: `(${t} === null)` }
  }

  /** A value to which an error is NULL, in a stream. */
  #lenient(e: Expression): Emitted {
    if (!this.#stream || !mayFail(e)) return this.emit(e)
    const t = this.#temporary()
    this.lines.push(`let ${t} = null;`, 'try {')
    this.lines.push(`${t} = ${nullable(this.emit(e))};`)
    this.lines.push(`} catch (error) { onError(error); }`)
    return { value: t, isNull: `(${t} === null)` }
  }

  #nested(body: () => void): void {
    this.lines.push('{')
    body()
    this.lines.push('}')
  }

  /** A second argument is the session's time zone. */
  #castCall(e: Extract<Expression, { kind: 'call' }>): Emitted {
    const [value, zone] = e.args as [Expression, Expression?]
    const name = zone?.kind === 'literal' ? (zone.value as string) : 'UTC'
    return this.#strict({ ...e, args: [value] }, ([a]) => this.#cast(a!, value.type, e.type, name))
  }

  #cast(a: string, from: Type, to: Type, zone: string): string {
    if (['int2', 'int4'].includes(from.name)) {
      if (to.name === 'int8') return `BigInt(${a})`
      if (to.name === 'int4' || to.name === 'float8') return a
    }
    if (from.name === 'int8' && to.name === 'float8') return `Number(${a})`
    return `${this.constant((value: Value) => castValue(value, from, to, zone))}(${a})`
  }

  #temporary(): string {
    return `t${this.#temporaries++}`
  }
}

function hasVariable(e: Expression): boolean {
  return e.kind === 'call' && (e.fn === '$variable' || e.args.some(hasVariable))
}

export function nullable(part: Emitted): string {
  return part.isNull === 'false' ? part.value : `(${part.isNull} ? null : ${part.value})`
}

/** Calls that never fail when their arguments do not. */
const SAFE = new Set([
  ...['and', 'or', 'not', 'is null', 'is not null', 'is distinct from', 'is not distinct from', 'case'],
  ...['coalesce', 'in', '=', 'row', 'array', 'field', '$variable'],
])

/** Whether a value may raise an error. */
export function mayFail(e: Expression): boolean {
  if (e.kind !== 'call') return false
  return !(SAFE.has(e.fn) || /^(not|=|<>|<|<=|>|>=)\(/.test(e.fn)) || e.args.some(mayFail)
}

function isSmall(value: Value): value is Decimal {
  if (value === null || typeof value !== 'object' || !('digits' in value)) return false
  return value.special === undefined && BigInt.asIntN(53, value.digits) === value.digits
}

function anyNull(parts: readonly Emitted[]): string {
  const sources = [...new Set(parts.map(part => part.isNull))].filter(source => source !== 'false')
  return sources.length === 0 ? 'false' : `(${sources.join(' || ')})`
}
