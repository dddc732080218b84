import { ColumnBuffer, cellValue } from '../../storage/column-buffer.ts'
import { gather8, gather32 } from '../../storage/gather.ts'
import type { Bytes, Chunk, Column } from '../../types/chunk.ts'
import type { Expression } from '../../types/job.ts'
import { physical, type Schema } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { isFoldable } from '../functions/index.ts'
import { constantCall } from './constant-call.ts'
import { DecimalBuffer } from './decimal-buffer.ts'
import type { DecimalSource } from './decimal-source.ts'
import { Emitter, isArithmetic, nullable } from './emit.ts'
import { helpers } from './helpers.ts'

export interface ProjectionOptions {
  /** Rows where it is not true are dropped. */
  readonly predicate?: Expression | undefined
  /** batch: a row's error is thrown. stream: the value becomes NULL (a failing predicate: the row is dropped) and is reported. */
  readonly mode: 'batch' | 'stream'
  readonly onError: (error: Error) => void
}

type Result = ColumnBuffer | DecimalBuffer
type Kernel = (chunk: Chunk, rows: Int32Array, count: number, out: readonly Result[]) => number

/**
 * Filter and projection as generated loops. Columns passed on unchanged are shared when every row stays, else their
 * views are gathered; computed columns go to reused buffers. undefined: no row was kept.
 */
export function compileProjection(
  expressions: readonly Expression[],
  _input: Schema,
  options: ProjectionOptions,
): (chunk: Chunk) => Chunk | undefined {
  const filter = options.predicate && compileFilter(options.predicate, options)
  const computed = expressions.filter(e => e.kind !== 'column')
  const kernel = computed.length > 0 ? compileKernel(computed, options) : undefined
  const out = computed.map(e =>
    isPacked(e, options) ? new DecimalBuffer(e.type) : new ColumnBuffer(e.type, 64),
  )
  const gathers = expressions.map(e => (e.kind === 'column' ? gather() : undefined))
  let rows = new Int32Array(0)
  let weights = new Int32Array(0)
  return chunk => {
    if (rows.length < chunk.length) {
      rows = new Int32Array(chunk.length)
      weights = new Int32Array(chunk.length)
    }
    let count = chunk.length
    if (filter !== undefined) {
      count = filter(chunk, rows)
      if (count === 0) return undefined
    } else for (let i = 0; i < count; i++) rows[i] = i
    const whole = count === chunk.length
    for (const column of out) {
      column.clear()
      column.reserve(count)
    }
    kernel?.(chunk, rows, count, out)
    if (!whole) for (let i = 0; i < count; i++) weights[i] = chunk.weights[rows[i]!]!
    let next = 0
    const columns = expressions.map((e, i): Column => {
      if (e.kind !== 'column') return columnOf(out[next++]!, count)
      const column = chunk.columns[e.index]!
      return whole ? column : gathers[i]!(column, rows, count)
    })
    return { columns, weights: whole ? chunk.weights : weights, length: count }
  }
}

/** Numerics that a query computes are arrays; a stream's states hold objects. */
function isPacked(e: Expression, { mode }: ProjectionOptions): boolean {
  return mode === 'batch' && isArithmetic(e)
}

function columnOf(result: Result, length: number): Column {
  return result instanceof DecimalBuffer ? result.column(length) : result
}

/** Value of an expression over no columns. Throws its SqlError. */
export function evaluate(expression: Expression): Value {
  if (expression.kind === 'literal') return expression.value
  const chunk: Chunk = { columns: [], weights: new Int32Array([1]), length: 1 }
  const options = { mode: 'batch', onError: () => {} } as const
  const result = compileProjection([expression], [], options)(chunk)!
  return cellValue(result.columns[0]!, 0)
}

function compileFilter(
  predicate: Expression,
  options: ProjectionOptions,
): (chunk: Chunk, rows: Int32Array) => number {
  const emitter = new Emitter([predicate], options.mode === 'stream')
  const result = emitter.emit(predicate)
  const body = `${emitter.lines.join('\n')}
if (!${result.isNull} && ${result.value} === true) rows[count++] = i;`
  const source = `${prologue(emitter)}
${emitter.shared.join('\n')}
${beginIsolated(emitter, 'undefined, chunk.length')}
let count = 0;
for (let i = 0; i < chunk.length; i++) {
${emitter.forget}
${guarded(body, options.mode, '')}
}
return count;`
  return build(emitter, ['chunk', 'rows'], source, options) as (chunk: Chunk, rows: Int32Array) => number
}

function compileKernel(expressions: readonly Expression[], options: ProjectionOptions): Kernel {
  const emitter = new Emitter(expressions, options.mode === 'stream')
  const blocks = expressions.map((e, n) => {
    const from = emitter.lines.length
    const parts = isPacked(e, options) ? emitter.decimals(e) : undefined
    const last = parts === undefined ? store(e, n, emitter.emit(e)) : storeDecimal(n, parts)
    const lines = emitter.lines.splice(from)
    lines.push(last)
    return guarded(`{\n${lines.join('\n')}\n}`, options.mode, `out[${n}].setNull(j);`)
  })
  const arrays = expressions.map((e, n) => {
    if (isPacked(e, options)) return `const o${n} = out[${n}].digits, s${n} = out[${n}].scales;`
    const kind = physical(e.type)
    return kind === 'i64' || kind === 'i32' || kind === 'f64' || kind === 'u8'
      ? `const o${n} = out[${n}].data;`
      : ''
  })
  const source = `${prologue(emitter)}
${arrays.join('\n')}
${emitter.shared.join('\n')}
${beginIsolated(emitter, 'rows, count')}
for (let j = 0; j < count; j++) {
const i = rows[j];
${emitter.forget}
${blocks.join('\n')}
}
return count;`
  return build(emitter, ['chunk', 'rows', 'count', 'out'], source, options) as Kernel
}

/** Writes one result. Typed columns whose buffer was cleared have no NULLs, so plain stores suffice. */
function store(e: Expression, n: number, result: { value: string; isNull: string }): string {
  const kind = physical(e.type)
  if (kind === 'bytes' || kind === 'values') return `out[${n}].set(j, ${nullable(result)});`
  const value = kind === 'u8' ? `${result.value} ? 1 : 0` : result.value
  if (result.isNull === 'false') return `o${n}[j] = ${value};`
  return `if (${result.isNull}) out[${n}].setNull(j); else o${n}[j] = ${value};`
}

/** What a double does not have is computed by the functions on numerics. */
function storeDecimal(
  n: number,
  { m, s, slow, isNull }: DecimalSource & { readonly isNull: string },
): string {
  const known = `if (${m} === ${m}) { o${n}[j] = ${m}; s${n}[j] = ${s}; } else out[${n}].setOther(j, ${slow});`
  return isNull === 'false' ? known : `if (${isNull}) out[${n}].setNull(j); else ${known}`
}

function guarded(body: string, mode: 'batch' | 'stream', onError: string): string {
  return mode === 'batch' ? body : `try {\n${body}\n} catch (error) { onError(error); ${onError} }`
}

function prologue(emitter: Emitter): string {
  return [...emitter.used.keys()]
    .map(i => `const c${i} = chunk.columns[${i}], c${i}d = c${i}.data, c${i}n = c${i}.nulls;`)
    .join('\n')
}

function beginIsolated({ isolated }: Emitter, rows: string): string {
  for (const { function: f, args } of isolated)
    if (args !== undefined && args.length > 0)
      f.evaluate = compileProjection(args, [], { mode: 'stream', onError: () => {} })
  return isolated.map(({ name }) => `${name}.begin(chunk, ${rows});`).join(' ')
}

let salt = 0

/** Compiled kernels of queries by their source; the newest, as V8 gives up the code of `new Function` late or never. */
const made = new Map<string, Make>()
const MADE_MAX = 1000

type Make = (...constants: readonly unknown[]) => unknown

/**
 * A stream's kernel has its own source (the salt), so that V8 does not share type feedback among kernels of one shape; queries
 * come again and again, and share.
 */
function build(
  emitter: Emitter,
  parameters: readonly string[],
  source: string,
  options: ProjectionOptions,
): unknown {
  const names = emitter.constants.map((_, i) => `k${i}`)
  const helperNames = Object.keys(helpers)
  const code = `return (${parameters.join(', ')}) => {\n${source}\n}`
  const compile = (head: string) =>
    new Function(...helperNames, ...names, 'onError', `'use strict'; ${head}\n${code}`) as Make
  const make =
    options.mode === 'batch' ? cached(`${names.length} ${code}`, compile) : compile(`// kernel ${salt++}`)
  return make(...Object.values(helpers), ...emitter.constants, options.onError)
}

function cached(key: string, compile: (head: string) => Make): Make {
  const make = made.get(key) ?? compile('')
  made.delete(key)
  made.set(key, make)
  if (made.size > MADE_MAX) made.delete(made.keys().next().value!)
  return make
}

/** Copies the rows named from a column: numbers by value, bytes as views. Buffers are reused. */
function gather(): (column: Column, rows: Int32Array, count: number) => Column {
  let nulls = new Uint8Array(0)
  let buffer: ColumnBuffer | undefined
  let starts = new Int32Array(0)
  let ends = new Int32Array(0)
  return (column, rows, count) => {
    if (column.nulls !== null && nulls.length < count) nulls = new Uint8Array(rows.length)
    if (column.nulls !== null) gather8(nulls, 0, column.nulls, rows, count)
    const outNulls = column.nulls === null ? null : nulls
    if (physical(column.type) === 'bytes') {
      const from = column.data as Bytes
      if (starts.length < count) {
        starts = new Int32Array(rows.length)
        ends = new Int32Array(rows.length)
      }
      gather32(starts, 0, from.starts, rows, count)
      gather32(ends, 0, from.ends, rows, count)
      return { type: column.type, data: { bytes: from.bytes, starts, ends }, nulls: outNulls }
    }
    buffer ??= new ColumnBuffer(column.type, 64)
    buffer.gather(0, { type: column.type, data: column.data, nulls: null }, rows, count)
    return { type: column.type, data: buffer.data, nulls: outNulls }
  }
}

/** Replaces sub-expressions over literals by their value; those that fail are left to fail when run. */
export function foldConstants(e: Expression): Expression {
  if (e.kind !== 'call') return e
  const args = e.args.map(foldConstants)
  const folded: Expression = { ...e, args }
  if (!isFoldable(e.fn) || args.some(arg => arg.kind !== 'literal')) return folded
  try {
    return { kind: 'literal', value: constantCall(folded) ?? evaluate(folded), type: e.type }
  } catch {
    return folded
  }
}
