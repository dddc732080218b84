/** Browser code: draws a job's operators from left to right, its fragments around them, with live rates. */
export const consoleGraph = `
const WIDTH = 170, GAP = 50, HEIGHT = 42, STEP = 64
function svg(name, attributes, text) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  if (text !== undefined) node.textContent = text
  return node
}
function graph(relation, names, rate) {
  const level = new Map(), used = new Map(), at = new Map()
  for (const n of relation.nodes) level.set(n.node, Math.max(-1, ...n.inputs.map(i => level.get(i) ?? 0)) + 1)
  for (const n of relation.nodes) {
    const l = level.get(n.node), row = used.get(l) ?? 0
    used.set(l, row + 1)
    at.set(n.node, { x: 14 + l * (WIDTH + GAP), y: 22 + row * STEP })
  }
  const width = 28 + Math.max(...level.values()) * (WIDTH + GAP) + WIDTH
  const picture = svg('svg', { width, height: 30 + Math.max(...used.values()) * STEP })
  const fragments = new Map()
  for (const n of relation.nodes) fragments.set(n.fragment, [...(fragments.get(n.fragment) ?? []), at.get(n.node)])
  for (const [id, places] of fragments) {
    const left = Math.min(...places.map(p => p.x)) - 8, top = Math.min(...places.map(p => p.y)) - 8
    const right = Math.max(...places.map(p => p.x)) + WIDTH + 8, bottom = Math.max(...places.map(p => p.y)) + HEIGHT + 8
    picture.append(svg('rect', { class: 'fragment', x: left, y: top, width: right - left, height: bottom - top, rx: 6 }),
      svg('text', { class: 'rate', x: left + 4, y: top - 3 }, 'fragment ' + id))
  }
  for (const n of relation.nodes) for (const i of n.inputs) {
    const from = at.get(i), to = at.get(n.node)
    picture.append(svg('line', { x1: from.x + WIDTH, y1: from.y + HEIGHT / 2, x2: to.x, y2: to.y + HEIGHT / 2 }))
  }
  for (const n of relation.nodes) {
    const { x, y } = at.get(n.node)
    const title = n.reads === undefined ? n.kind : n.kind + ' ' + (names.get(n.reads) ?? n.reads)
    picture.append(svg('rect', { class: 'node', x, y, width: WIDTH, height: HEIGHT, rx: 4 }), svg('text', { x: x + 8, y: y + 17 }, title),
      svg('text', { class: 'rate', x: x + 8, y: y + 34 }, number(rate(relation.id + '/' + n.node)) + ' rows/s'))
  }
  const box = document.createElement('div'), title = document.createElement('b')
  box.className = 'job'
  title.textContent = relation.kind + ' ' + relation.name
  box.append(title, document.createElement('br'), picture)
  return box
}
`
