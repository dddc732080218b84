/**
 * A piece of SQL as a tree, so that a failing statement can be made smaller without knowing its grammar: an optional
 * node may vanish, and a node may be replaced by a descendant of its own kind.
 */
export interface Tree {
  /** What the text is: `expr int4`, `query`, `clause` … Trees of one kind may stand for each other. */
  readonly kind: string
  readonly parts: readonly Part[]
  readonly optional?: boolean
}

/** Text, a text that differs between the two servers, or a subtree. */
export type Part = string | { readonly weir: string; readonly pg: string } | Tree

export type Dialect = 'weir' | 'pg'

export function sql(kind: string, ...parts: readonly Part[]): Tree {
  return { kind, parts }
}

export function optional(...parts: readonly Part[]): Tree {
  return { kind: 'clause', parts, optional: true }
}

/** Trees with a text between them. */
export function joined(trees: readonly Part[], by: string): Part[] {
  return trees.flatMap((tree, i) => (i === 0 ? [tree] : [by, tree]))
}

export function render(part: Part, dialect: Dialect): string {
  if (typeof part === 'string') return part
  if ('weir' in part) return part[dialect]
  return part.parts.map(inner => render(inner, dialect)).join('')
}

/** Every tree that is one step smaller, big steps first. */
export function smaller(tree: Tree): Tree[] {
  const found: Tree[] = []
  for (const { path, node } of nodes(tree, [])) {
    if (node.optional && node.parts.length > 0) found.push(replaced(tree, path, { ...node, parts: [] }))
    if (node.kind.startsWith('expr ') && node.parts.length > 1)
      found.push(replaced(tree, path, sql(node.kind, `NULL::${node.kind.slice(5)}`)))
    for (const inner of nodes(node, []))
      if (inner.node !== node && inner.node.kind === node.kind && !node.optional)
        found.push(replaced(tree, path, inner.node))
  }
  return found
}

function* nodes(tree: Tree, path: readonly number[]): Generator<{ path: readonly number[]; node: Tree }> {
  yield { path, node: tree }
  for (const [i, part] of tree.parts.entries())
    if (typeof part === 'object' && 'parts' in part) yield* nodes(part, [...path, i])
}

function replaced(tree: Tree, path: readonly number[], by: Tree): Tree {
  const [first, ...rest] = path
  if (first === undefined) return by
  const parts = tree.parts.map((part, i) => (i === first ? replaced(part as Tree, rest, by) : part))
  return { ...tree, parts }
}
