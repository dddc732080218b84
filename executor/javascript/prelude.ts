/**
 * Run first in each function's own realm: what is not deterministic or has no bound goes, and `__weir` stays, which
 * passes arguments and results as JSON, so that no object of ours comes into the function's hands.
 */
export const PRELUDE = String.raw`
'use strict';
(() => {
const { parse, stringify } = JSON
const { isArray, from } = Array
const { freeze, defineProperty } = Object
const NativeDate = Date
class Decimal {
  #text
  constructor(text) { this.#text = text; freeze(this) }
  toString() { return this.#text }
  toJSON() { return Number(this.#text) }
  valueOf() { return Number(this.#text) }
  static is(value) { return typeof value === 'object' && #text in value }
}
const fromHex = text => {
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}
const decode = (type, v) => {
  if (v === null) return null
  switch (type.name) {
    case 'int8': return Number.isSafeInteger(Number(v)) ? Number(v) : BigInt(v)
    case 'float4': case 'float8': return Number(v)
    case 'numeric': return new Decimal(v)
    case 'bytea': return fromHex(v)
    case 'array': return v.map(item => decode(type.element, item))
    case 'struct': {
      const object = {}
      type.fields.forEach((field, i) => { object[field.name] = decode(field.type, v[i]) })
      return object
    }
    default: return v
  }
}
const wrong = (type, v) => new TypeError('cannot return ' + (v === null ? 'null' : typeof v) + ' as ' + type.name)
const encode = (type, v) => {
  if (v === null || v === undefined) return null
  switch (type.name) {
    case 'bool':
      if (typeof v !== 'boolean') throw wrong(type, v)
      return v
    case 'int2': case 'int4': case 'int8': case 'float4': case 'float8': case 'numeric':
      if (typeof v === 'number' || typeof v === 'bigint' || typeof v === 'string' || Decimal.is(v)) return String(v)
      throw wrong(type, v)
    case 'bytea':
      if (typeof v === 'string') return v
      return '\\x' + from(v, byte => byte.toString(16).padStart(2, '0')).join('')
    case 'json': case 'jsonb': return stringify(v, (_, x) => typeof x === 'bigint' ? Number(x) : x) ?? null
    case 'array':
      if (!isArray(v) && !ArrayBuffer.isView(v)) throw wrong(type, v)
      return from(v, item => encode(type.element, item))
    case 'struct':
      if (typeof v !== 'object') throw wrong(type, v)
      return type.fields.map((field, i) => encode(field.type, isArray(v) ? v[i] : v[field.name]))
    default:
      if (v instanceof NativeDate) return v.toISOString()
      return typeof v === 'object' && !Decimal.is(v) ? stringify(v) : String(v)
  }
}
const failure = e => {
  try {
    return { error: e instanceof Error ? String(e.name) + ': ' + String(e.message) : String(e) }
  } catch { return { error: 'an error without a text' } }
}
let allocated = 0
const limited = Native => {
  const proxy = new Proxy(Native, {
    construct(target, args, to) {
      const made = Reflect.construct(target, typeof args[0] === 'number' && args[0] > 6.4e7 ? [-1] : args, to)
      allocated += made.byteLength
      if (allocated > 2.56e8) throw new RangeError('too much memory')
      return made
    },
  })
  defineProperty(Native.prototype, 'constructor', { value: proxy })
  return proxy
}
for (const name of ['ArrayBuffer', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array',
  'Int32Array', 'Uint32Array', 'Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'])
  if (globalThis[name]) globalThis[name] = limited(globalThis[name])
for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'FinalizationRegistry', 'WeakRef'])
  delete globalThis[name]
const outputs = []
const one = (work, input) => {
  allocated = 0
  try { return { value: work(parse(input)) } } catch (e) { return failure(e) }
}
defineProperty(globalThis, '__weir', { value: freeze({
  /** Without time and chance. */
  deterministic() {
    const refuse = what => () => { throw new Error(what + ' is not known to a function unless it is VOLATILE') }
    Math.random = refuse('chance')
    globalThis.Date = class Date extends NativeDate {
      constructor(...args) { if (args.length === 0) refuse('the present time')(); super(...args) }
      static now = refuse('the present time')
    }
    if (globalThis.Temporal) delete Temporal.Now
  },
  /** What calls do: scalar, set or aggregate. */
  prepare(definition, exported) {
    const { args, result, set, batch, name } = parse(definition)
    const given = values => values.map((v, i) => batch ? [decode(args[i], v)] : decode(args[i], v))
    if (exported.create_state === undefined) {
      const f = exported[name]
      return {
        direct: f,
        call: values => encode(result, batch ? f(...given(values))[0] : f(...given(values))),
        rows(values) {
          const rows = []
          for (const row of f(...given(values)) ?? []) {
            if (rows.push(encode(result, row)) > 1e6) throw new RangeError('more than 1000000 rows')
          }
          return rows
        },
      }
    }
    const { create_state, accumulate, retract, finish } = exported
    return {
      /** [state, [weight, values]…] -> state. */
      fold([before, ...rows]) {
        let state = before === null ? create_state() : before
        for (const [weight, values] of rows) {
          const step = weight < 0 ? retract : accumulate
          for (let n = Math.abs(weight); n > 0; n--) state = step(state, ...given(values)) ?? state
        }
        return state
      },
      finish: state => encode(result, finish === undefined ? (state ?? create_state()) : finish(state ?? create_state())),
    }
  },
  /** Runs the inputs that are left; one at a time so that those done are known when time is over. */
  run(work, inputs) {
    outputs.length = 0
    for (const input of inputs) outputs.push(one(work, input))
    return stringify(outputs)
  },
  /** What was done before the time was over. */
  done: () => stringify(outputs),
}) })
})()
`
