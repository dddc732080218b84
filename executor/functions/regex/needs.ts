import type { AreNode } from './are.ts'
import { literalOf } from './classes.ts'

/** A text that stands in every match, the longest that is easily seen; empty: none. */
export function neededText(tree: AreNode): string {
  let longest = ''
  let run = ''
  const end = (): void => {
    if (run.length > longest.length) longest = run
    run = ''
  }
  const visit = (node: AreNode): void => {
    if (node.kind === 'sequence') node.items.forEach(visit)
    else if (node.kind === 'group') visit(node.body)
    else if (node.kind === 'set') {
      const c = node.negated ? undefined : literalOf(node.inside)
      if (c === undefined) end()
      else run += c
    } else if (node.kind === 'repeat') {
      end()
      if (node.min > 0) visit(node.body)
      end()
    } else if (node.kind === 'choice' || node.kind === 'back') end()
  }
  visit(tree)
  end()
  return longest
}

/** What every match begins with; empty: not known. */
export function leadingText(tree: AreNode): string {
  let text = ''
  /** Whether what follows is known as well. */
  const visit = (node: AreNode): boolean => {
    if (node.kind === 'assertion' || node.kind === 'look') return true
    if (node.kind === 'sequence') return node.items.every(visit)
    if (node.kind === 'group') return visit(node.body)
    const c = node.kind === 'set' && !node.negated ? literalOf(node.inside) : undefined
    text += c ?? ''
    return c !== undefined
  }
  visit(tree)
  return text
}

/** Whether a match ends nowhere but where the text does. */
export function endsAtEnd(node: AreNode): boolean {
  switch (node.kind) {
    case 'assertion':
      return node.what === 'text end'
    case 'group':
      return endsAtEnd(node.body)
    case 'sequence':
      return node.items.length > 0 && endsAtEnd(node.items.at(-1)!)
    case 'choice':
      return node.items.every(endsAtEnd)
    default:
      return false
  }
}

/** Whether a match begins nowhere but where the text does. */
export function beginsAtStart(node: AreNode): boolean {
  switch (node.kind) {
    case 'assertion':
      return node.what === 'text start'
    case 'group':
      return beginsAtStart(node.body)
    case 'sequence':
      return node.items.length > 0 && beginsAtStart(node.items[0]!)
    case 'choice':
      return node.items.every(beginsAtStart)
    default:
      return false
  }
}

/** Whether the pattern is a text, nothing more. */
export function isText(tree: AreNode): boolean {
  const items = tree.kind === 'sequence' ? tree.items : [tree]
  return items.every(item => item.kind === 'set' && !item.negated && literalOf(item.inside) !== undefined)
}
