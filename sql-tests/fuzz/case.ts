import { MADE_TYPES } from './data.ts'
import { change } from './dml.ts'
import { query } from './query.ts'
import { Random } from './random.ts'
import { createTable, type Relation, table } from './schema.ts'
import { render, type Tree } from './tree.ts'

export interface View {
  readonly name: string
  readonly tree: Tree
  readonly relation: Relation
}

/** Tables, views over them (and over each other), and changes epoch by epoch; views are made after the first epoch. */
export interface Case {
  readonly tables: readonly Relation[]
  readonly views: readonly View[]
  readonly epochs: readonly (readonly Tree[])[]
}

export function makeCase(seed: number, viewCount: number): Case {
  const random = new Random(seed)
  const tables = Array.from({ length: random.int(2, 3) }, (_, i) => table(random, `t${i}`))
  const views: View[] = []
  for (let i = 0; i < viewCount; i++) {
    const name = `v${i}`
    const below = views.slice(-3).map(view => view.relation)
    const sources = random.chance(0.25) ? [...tables, ...below] : tables
    const { tree, types } = query(random, sources)
    const columns = types.map((type, n) => ({ name: `x${n}`, type }))
    views.push({ name, tree, relation: { name, columns, key: [] } })
  }
  const keys = { next: 0 }
  const first = tables.map(t => change(random, t, keys, true))
  const rest = Array.from({ length: random.int(2, 4) }, () =>
    Array.from({ length: random.int(1, 3) }, () => change(random, random.pick(tables), keys, false)),
  )
  return { tables, views, epochs: [random.chance(0.7) ? first : [], ...rest] }
}

/** The case as statements for a reader to try. */
export function script({ tables, views, epochs }: Case): string {
  const create = (view: View) => `CREATE MATERIALIZED VIEW ${view.name} AS ${render(view.tree, 'weir')}`
  const [first = [], ...rest] = epochs.map(epoch => epoch.map(tree => render(tree, 'weir')))
  const lines = [...MADE_TYPES, ...tables.map(createTable), ...first, ...views.map(create), ...rest.flat()]
  return lines.map(line => `${line};`).join('\n')
}
