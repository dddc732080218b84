import { consoleGraph } from './console-graph.ts'

const STYLE = `
body { font: 14px system-ui, sans-serif; margin: 1.5em 2em; color: #123; background: #fff }
h2 { margin: 1.4em 0 .4em; font-size: 1.1em } small { color: #567; font-weight: normal }
table { border-collapse: collapse } td, th { padding: .2em .9em .2em 0; text-align: left; border-bottom: 1px solid #e2e8ee }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
.bad { color: #b00 } .job { margin: 0 0 1em; overflow-x: auto }
rect.node { fill: #eef4fb; stroke: #47a } rect.fragment { fill: none; stroke: #ccd; stroke-dasharray: 4 3 }
line { stroke: #47a } text { font-size: 12px } text.rate { font-size: 11px; fill: #567 }
`

/** Reads /api/* every second; what comes from SQL only ever becomes text nodes. */
export const consoleScript = `
const get = path => fetch('/api/' + path).then(answer => answer.ok ? answer.json() : Promise.reject(new Error(answer.status)))
const number = value => typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 1 }) : value
function fill(id, heads, rows) {
  const line = (values, tag) => {
    const row = document.createElement('tr')
    for (const value of values) {
      const cell = document.createElement(tag)
      cell.textContent = number(value)
      if (typeof value === 'number') cell.className = 'number'
      row.append(cell)
    }
    return row
  }
  document.getElementById(id).replaceChildren(line(heads, 'th'), ...rows.map(values => line(values, 'td')))
}
${consoleGraph}
let before = new Map(), beforeMs = 0
async function draw() {
  const [relations, jobs, epochs, sinks, operators, sources] =
    await Promise.all(['relations', 'jobs', 'epochs', 'sinks', 'operators', 'sources'].map(get))
  const nowMs = performance.now(), seconds = (nowMs - beforeMs) / 1000
  const counts = new Map(operators.map(o => [o.relation + '/' + o.node, o]))
  for (const s of sources) counts.set('source ' + s.relation, { rowsIn: s.rows, rowsOut: s.bytes })
  const rate = (key, field) => before.has(key) && counts.has(key) ? Math.max(0, (counts.get(key)[field] - before.get(key)[field]) / seconds) : 0
  const names = new Map(relations.map(r => [r.id, r.name])), state = new Map()
  for (const o of operators) state.set(o.relation, (state.get(o.relation) ?? 0) + o.stateBytes)
  const last = epochs.at(-1)
  document.getElementById('status').textContent = last ? 'epoch ' + last.epoch : ''
  fill('relations', ['schema', 'name', 'kind', 'rows', 'row KB', 'state KB'], relations.map(r =>
    [r.schema, r.name, r.kind, r.rows, r.bytes / 1024, (state.get(r.id) ?? 0) / 1024]))
  fill('jobs', ['job', 'state', '% done', 'reason'], jobs.map(j => [names.get(j.relation) ?? j.relation, j.state, j.done * 100, j.reason]))
  fill('sources', ['source', 'rows/s', 'KB/s', 'rows', 'errors'], sources.map(s =>
    [names.get(s.relation) ?? s.relation, rate('source ' + s.relation, 'rowsIn'), rate('source ' + s.relation, 'rowsOut') / 1024, s.rows, s.errors]))
  fill('sinks', ['sink', 'guarantee', 'lag (epochs)', 'backlog KB', 'error'], sinks.map(s =>
    [names.get(s.relation) ?? s.relation, s.guarantee, s.committed - s.delivered, s.backlogBytes / 1024, s.error]))
  fill('epochs', ['epoch', 'barrier ms', 'seal ms', 'upload ms', 'rows', 'KB'], epochs.slice(-10).reverse().map(e =>
    [e.epoch, e.barrierMs, e.sealMs, e.uploadMs, e.rows, e.bytes / 1024]))
  document.getElementById('graphs').replaceChildren(...relations.filter(r => r.nodes.length > 0).map(r => graph(r, names, key => rate(key, 'rowsIn'))))
  before = counts
  beforeMs = nowMs
}
async function loop() {
  const status = document.getElementById('status')
  try {
    await draw()
    status.className = ''
  } catch (error) {
    status.className = 'bad'
    status.textContent = 'no answer: ' + error.message
  }
  setTimeout(loop, 1000)
}
loop()
`

/** The console: one page, nothing from elsewhere. */
export const consolePage = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>weir</title><style>${STYLE}</style>
<h1>weir <small id="status"></small></h1>
<h2>Relations</h2><table id="relations"></table>
<h2>Jobs</h2><table id="jobs"></table>
<h2>Sources</h2><table id="sources"></table>
<h2>Sinks</h2><table id="sinks"></table>
<h2>Epochs</h2><table id="epochs"></table>
<h2>Dataflow <small>rows that reached each operator, a second</small></h2><div id="graphs"></div>
<script>${consoleScript}</script></html>
`
