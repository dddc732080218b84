import type { Expression, GraphNode, Job } from '../types/job.ts'
import { toJson } from '../types/json.ts'
import { formatText } from '../types/text-io.ts'
import { functionName } from './expressions.ts'

type Explained = Job | readonly GraphNode[]

function nodesOf(explained: Explained): readonly GraphNode[] {
  return 'nodes' in explained ? explained.nodes : explained
}

/** The plan as an indented tree, output first; a node shared by several readers is printed once, then named. */
export function explainText(explained: Explained): string[] {
  const nodes = nodesOf(explained)
  const byId = new Map(nodes.map(n => [n.id, n]))
  const lines: string[] = []
  const seen = new Set<number>()
  const show = (node: GraphNode, depth: number): void => {
    const indent = depth === 0 ? '' : `${'  '.repeat(depth - 1)}└─`
    if (seen.has(node.id)) {
      lines.push(`${indent}${node.spec.kind} #${node.id} (shared)`)
      return
    }
    seen.add(node.id)
    lines.push(`${indent}${node.spec.kind} #${node.id} ${details(node)}`.trimEnd())
    for (const id of node.inputs) {
      const input = byId.get(id)
      if (input !== undefined) show(input, depth + 1)
    }
  }
  const last = nodes.at(-1)
  if (last !== undefined) show(last, 0)
  return lines
}

/** The nodes as JSON. */
export function explainJson(explained: Explained): string {
  return toJson(nodesOf(explained))
}

function details(node: GraphNode): string {
  const { kind, ...spec } = node.spec
  const shown = Object.entries(spec)
    .filter(([name, value]) => name !== 'schema' && value !== undefined)
    .map(([name, value]) => `${name}: ${show(name === 'rows' ? (value as unknown[]).length : value)}`)
  if (shown.length === 0) return ''
  return `{ ${shown.join(', ')} }`
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  if (isExpression(value)) return expressionText(value)
  return typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : toJson(value).replaceAll('"', '')
}

function isExpression(value: unknown): value is Expression {
  const kind = (value as { kind?: unknown } | null)?.kind
  return kind === 'column' || kind === 'literal' || kind === 'parameter' || kind === 'call'
}

/** An expression as SQL-like text; `$0` is the input's first column. */
export function expressionText(e: Expression): string {
  switch (e.kind) {
    case 'column':
      return `$${e.index}`
    case 'parameter':
      return `parameter ${e.index + 1}`
    case 'literal':
      return e.value === null ? 'NULL' : `${formatText(e.type, e.value)}:${e.type.name}`
    case 'call': {
      const name = functionName(e.fn)
      const args = e.args.map(expressionText)
      if (e.fn === 'and' || e.fn === 'or') return `(${args.join(` ${e.fn} `)})`
      if (e.fn === 'cast') return `${args[0]}::${e.type.name}`
      if (args.length === 2 && !/^\w/.test(name)) return `(${args[0]} ${name} ${args[1]})`
      return `${name}(${args.join(', ')})`
    }
  }
}
