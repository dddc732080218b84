import { formatJson, isJsonNumber } from '../json-text.ts'
import { type JsonPath, type PathNode, parsePath, type Step } from './parse.ts'

/** PostgreSQL's own text of a jsonpath: `$."a"[*]?(@ > 1)`. Throws what parsing throws. */
export function canonicalPath(text: string): string {
  return printPath(parsePath(text))
}

function printPath({ strict, expression }: JsonPath): string {
  return `${strict ? 'strict ' : ''}${print(expression, true)}`
}

/** How strongly an operator binds; what binds less, or as strongly, stands in parentheses as its operand. */
function priority(node: PathNode): number {
  switch (node.kind) {
    case 'or':
      return 0
    case 'and':
      return 1
    case 'compare':
    case 'starts with':
      return 2
    case 'arithmetic':
      return node.operator === '+' || node.operator === '-' ? 3 : 4
    case 'sign':
      return 5
    default:
      return 6
  }
}

function operand(node: PathNode, of: PathNode): string {
  return print(node, priority(node) <= priority(of))
}

function print(node: PathNode, brackets: boolean): string {
  const around = (text: string): string => (brackets ? `(${text})` : text)
  switch (node.kind) {
    case 'root':
      return '$'
    case 'current':
      return '@'
    case 'last':
      return 'last'
    case 'variable':
      return `$${JSON.stringify(node.name)}`
    case 'literal':
      return formatJson(node.value)
    case 'path':
      return printSteps(node.from, node.steps)
    case 'and':
    case 'or': {
      const symbol = node.kind === 'and' ? '&&' : '||'
      // Chains are kept flat, PostgreSQL nests them to the left.
      const [first, ...rest] = node.args
      const joined = rest.reduce(
        (left, arg, i) => `${i > 0 ? `(${left})` : left} ${symbol} ${operand(arg, node)}`,
        operand(first!, node),
      )
      return around(joined)
    }
    case 'compare':
    case 'arithmetic':
      return around(node.args.map(arg => operand(arg, node)).join(` ${node.operator} `))
    case 'starts with':
      return around(node.args.map(arg => operand(arg, node)).join(' starts with '))
    case 'like_regex': {
      const flags = [...'ismxq'].filter(flag => node.flags.includes(flag)).join('')
      const flagged = flags === '' ? '' : ` flag "${flags}"`
      return around(`${operand(node.arg, node)} like_regex ${JSON.stringify(node.pattern)}${flagged}`)
    }
    case 'sign':
      return around(`${node.operator}${operand(node.arg, node)}`)
    case 'not':
      return `!(${print(node.arg, false)})`
    case 'is unknown':
      return `(${print(node.arg, false)}) is unknown`
    case 'exists':
      return `exists (${print(node.arg, false)})`
  }
}

function printSteps(from: PathNode, steps: readonly Step[]): string {
  const number = from.kind === 'literal' && isJsonNumber(from.value)
  const start = print(from, true)
  return (number ? `(${start})` : start) + steps.map(printStep).join('')
}

function printStep(step: Step): string {
  switch (step.kind) {
    case 'key':
      return `.${JSON.stringify(step.name)}`
    case 'any key':
      return '.*'
    case 'any element':
      return '[*]'
    case 'descend':
      return `.**${levels(step.least, step.most)}`
    case 'elements':
      return `[${step.ranges
        .map(([from, to]) => print(from, false) + (to === undefined ? '' : ` to ${print(to, false)}`))
        .join(',')}]`
    case 'filter':
      return `?(${print(step.test, false)})`
    case 'method':
      return `.${step.name}(${step.template === undefined ? '' : JSON.stringify(step.template)})`
  }
}

function levels(least: number, most: number): string {
  if (least === 0 && most === Number.POSITIVE_INFINITY) return ''
  const level = (n: number): string => (n === Number.POSITIVE_INFINITY ? 'last' : String(n))
  return least === most ? `{${level(least)}}` : `{${level(least)} to ${level(most)}}`
}
