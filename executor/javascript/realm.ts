import { constants, createContext, runInContext, Script } from 'node:vm'
import type { Definition } from './definition.ts'
import { PRELUDE } from './prelude.ts'

/** What is asked of a function for each input: its value, its rows, or an aggregate's next state or result. */
export type Work = 'call' | 'rows' | 'fold' | 'finish'

/** A function's own global object and code, apart from every other one's and from Node's. */
export interface Realm {
  /** Answers to the inputs, as the JSON of a list of `{ value }` or `{ error }`. Throws when the time is over. */
  run(work: Work, inputs: readonly string[], timeoutMs: number | undefined): string
  /** Answers that were there when the time was over. */
  done(): string
  /** The function itself. */
  readonly direct: (...args: never[]) => unknown
  /** Functions it has of those that are called. */
  readonly names: readonly string[]
}

/** Makes the realm and runs the source in it. Throws its SyntaxError, or what it throws. */
export function createRealm(definition: Definition, timeoutMs = LOAD_MS): Realm {
  const context = createContext(constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  })
  const globals = context as unknown as Record<string, unknown>
  runInContext(PRELUDE, context)
  if (!definition.volatile) runInContext('__weir.deterministic()', context)
  globals['__exports'] = runInContext(moduleSource(definition), context, {
    filename: definition.name,
    timeout: timeoutMs,
  })
  globals['__definition'] = JSON.stringify(definition)
  globals['__work'] = runInContext('__weir.prepare(__definition, __exports)', context, { timeout: timeoutMs })
  const names = runInContext(
    'JSON.stringify(Object.keys(__exports).filter(name => typeof __exports[name] === "function"))',
    context,
  )
  const scripts = new Map<Work, Script>()
  return {
    run(work, inputs, timeout) {
      let script = scripts.get(work)
      if (script === undefined)
        scripts.set(work, (script = new Script(`__weir.run(__work.${work}, JSON.parse(__inputs))`)))
      globals['__inputs'] = JSON.stringify(inputs)
      return text(script.runInContext(context, timeout === undefined ? {} : { timeout }))
    },
    done: () => text(runInContext('__weir.done()', context)),
    direct: (globals['__work'] as { direct: Realm['direct'] }).direct,
    names: JSON.parse(text(names)) as string[],
  }
}

const LOAD_MS = 1000

function text(value: unknown): string {
  return typeof value === 'string' ? value : '[]'
}

const NAMES = ['create_state', 'accumulate', 'retract', 'merge', 'finish']

/** A script whose value is the exported functions by name. A source without an `export` or the function itself is its body. */
export function moduleSource(definition: Definition): string {
  const { name, source, aggregate, set, parameters } = definition
  const isName = /^[A-Za-z_$][\w$]*$/.test(name)
  const declaration = new RegExp(String.raw`\b(?:function\s*\*?|const|let|var)\s+${RegExp.escape(name)}\b`)
  const module = EXPORT.test(source) || aggregate || (isName && declaration.test(source))
  if (!module) {
    const names = parameters.map((parameter, i) => (parameter === '' ? `$${i + 1}` : parameter))
    return `({ ${JSON.stringify(name)}: function${set ? '*' : ''} (${names.join(', ')}) { 'use strict';\n${source}\n} })`
  }
  const wanted = aggregate ? NAMES : isName ? [name] : []
  const exports = wanted.map(n => `${n}: typeof ${n} === 'function' ? ${n} : undefined`)
  return `(() => { 'use strict';\n${source.replace(EXPORTS, '$1')}\nreturn { ${exports.join(', ')} } })()`
}

const EXPORT = /(^|[;}\n])(\s*)export\s+(?=(?:async|function|const|let|var|class)\b)/
const EXPORTS = new RegExp(EXPORT, 'g')
