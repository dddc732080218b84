/** The console: one page, nothing from elsewhere. Reads /api/* every second; text only ever becomes text nodes. */
export const consolePage = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>weir</title>
<style>
body { font: 14px system-ui, sans-serif; margin: 2em; color: #123 }
table { border-collapse: collapse; margin: 0 0 2em } td, th { padding: .2em .8em; text-align: left; border-bottom: 1px solid #ddd }
svg { max-width: 100% } rect { fill: #eef4fb; stroke: #47a } .job { margin-bottom: 1em }
</style>
<h1>weir <small id="epoch"></small></h1>
<h2>Relations</h2><table id="relations"></table>
<h2>Sinks</h2><table id="sinks"></table>
<h2>Epochs</h2><table id="epochs"></table>
<h2>Dataflow</h2><div id="graphs"></div>
<script>
const get = path => fetch(path).then(answer => answer.json())
const cell = (row, text, tag = 'td') => { const c = document.createElement(tag); c.textContent = text; row.append(c) }
function fill(id, heads, rows) {
  const table = document.getElementById(id)
  const head = document.createElement('tr')
  heads.forEach(text => cell(head, text, 'th'))
  table.replaceChildren(head, ...rows.map(values => { const row = document.createElement('tr'); values.forEach(v => cell(row, v)); return row }))
}
const svgNode = (name, attributes, text) => {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  if (text !== undefined) node.textContent = text
  return node
}
function graph(relation, rates) {
  const level = new Map()
  for (const n of relation.nodes) level.set(n.node, Math.max(-1, ...n.inputs.map(i => level.get(i))) + 1)
  const rows = new Map()
  const at = new Map()
  for (const n of relation.nodes) {
    const l = level.get(n.node), y = rows.get(l) ?? 0
    rows.set(l, y + 1)
    at.set(n.node, { x: 10 + l * 190, y: 10 + y * 60 })
  }
  const svg = svgNode('svg', { width: 200 + Math.max(...level.values()) * 190, height: 10 + Math.max(...rows.values()) * 60 })
  for (const n of relation.nodes) for (const i of n.inputs)
    svg.append(svgNode('line', { x1: at.get(i).x + 150, y1: at.get(i).y + 20, x2: at.get(n.node).x, y2: at.get(n.node).y + 20, stroke: '#47a' }))
  for (const n of relation.nodes) {
    const { x, y } = at.get(n.node)
    svg.append(svgNode('rect', { x, y, width: 150, height: 42, rx: 4 }), svgNode('text', { x: x + 8, y: y + 17 }, n.kind),
      svgNode('text', { x: x + 8, y: y + 35, 'font-size': 11 }, (rates.get(relation.id + '/' + n.node) ?? 0) + ' rows/s'))
  }
  const box = document.createElement('div')
  box.className = 'job'
  const title = document.createElement('b')
  title.textContent = relation.kind + ' ' + relation.name
  box.append(title, document.createElement('br'), svg)
  return box
}
let before = new Map()
async function draw() {
  const [relations, epochs, sinks, operators] = await Promise.all(['relations', 'epochs', 'sinks', 'operators'].map(p => get('/api/' + p)))
  const now = new Map(operators.map(o => [o.relation + '/' + o.node, o.rowsIn]))
  const rates = new Map([...now].map(([key, rows]) => [key, rows - (before.get(key) ?? rows)]))
  before = now
  const last = epochs.at(-1)
  document.getElementById('epoch').textContent = last ? 'epoch ' + last.epoch : ''
  fill('relations', ['schema', 'name', 'kind', 'rows'], relations.map(r => [r.schema, r.name, r.kind, r.rows]))
  fill('sinks', ['relation', 'guarantee', 'delivered', 'committed', 'error'], sinks.map(s => [s.relation, s.guarantee, s.delivered, s.committed, s.error]))
  fill('epochs', ['epoch', 'barrier ms', 'seal ms', 'upload ms', 'rows', 'bytes'], epochs.slice(-10).reverse().map(e =>
    [e.epoch, e.barrierMs.toFixed(1), e.sealMs.toFixed(1), e.uploadMs.toFixed(1), e.rows, e.bytes]))
  document.getElementById('graphs').replaceChildren(...relations.filter(r => r.nodes.length > 0).map(r => graph(r, rates)))
}
draw(); setInterval(draw, 1000)
</script></html>
`
