import { SqlError } from '../error.ts'
import { formatJson, parseJson } from '../json-text.ts'
import { unescaped } from './escapes.ts'

export interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'variable' | 'operator'
  readonly text: string
}

const OPERATOR = /\*\*|&&|\|\||==|!=|<>|<=|>=|[$@.()[\]{},?*+\-/%<>!]/y
const NUMBER = /0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const WORD = /(?:[\p{L}_$\u0080-\uffff]|\\.)(?:[\p{L}\p{N}_$]|\\u\{[0-9a-fA-F]+\}|\\.)*/uy
/** Behind a number no name begins. */
const JUNK = /[\p{L}\p{N}_$]/uy
const SPACE = /\s+|\/\*[\s\S]*?\*\//y

/** Words, names, numbers and operators of a jsonpath. Throws 42601, and what escapes throw. */
export function tokens(text: string): readonly Token[] {
  const list: Token[] = []
  let at = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }
  while (at < text.length) {
    if (match(SPACE) !== undefined) continue
    const c = text[at]!
    if (c === '"') {
      list.push({ kind: 'string', text: quoted() })
      continue
    }
    if (c === '$' && text[at + 1] === '"') {
      at++
      list.push({ kind: 'variable', text: quoted() })
      continue
    }
    if (c === '$' && /[\p{L}_]/u.test(text[at + 1] ?? '')) {
      at++
      list.push({ kind: 'variable', text: match(WORD)! })
      continue
    }
    const dotted = c === '.' && !/\d/.test(text[at + 1] ?? '')
    const number = dotted ? undefined : match(NUMBER)
    if (number !== undefined) {
      const junk = match(JUNK)
      if (junk !== undefined)
        throw new SqlError(
          'syntax_error',
          `trailing junk after numeric literal at or near "${number}${junk}" of jsonpath input`,
        )
      list.push({ kind: 'number', text: plainNumber(number) })
      continue
    }
    const operator = match(OPERATOR)
    if (operator !== undefined) {
      list.push({ kind: 'operator', text: operator })
      continue
    }
    const word = match(WORD)
    if (word === undefined) throw invalid(c)
    list.push({ kind: 'word', text: word.includes('\\') ? unescaped(word) : word })
  }
  return list

  function quoted(): string {
    const end = /"(?:[^"\\]|\\[\s\S])*"/y
    const found = match(end)
    if (found === undefined)
      throw new SqlError('syntax_error', 'unexpected end of quoted string at end of jsonpath input')
    return unescaped(found.slice(1, -1))
  }
}

function plainNumber(text: string): string {
  if (/^0[xob]/i.test(text)) return BigInt(text).toString()
  return formatJson(parseJson(text.replace(/^\./, '0.').replace(/\.(?!\d)/, '')))
}

function invalid(near: string): SqlError {
  return new SqlError('syntax_error', `syntax error at or near "${near}" of jsonpath input`)
}
