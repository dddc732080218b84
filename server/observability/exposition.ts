import type { Histogram } from './histogram.ts'

export type Labels = Readonly<Record<string, string | number>>
export type Sample = readonly [Labels, number]

/** Writes Prometheus' text format 0.0.4. */
export class Exposition {
  #text = ''

  family(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[] | number): void {
    this.#head(name, type, help)
    const all: readonly Sample[] = typeof samples === 'number' ? [[{}, samples]] : samples
    for (const [labels, value] of all) this.#line(name, labels, value)
  }

  histogram(name: string, help: string, series: readonly (readonly [Labels, Histogram])[]): void {
    this.#head(name, 'histogram', help)
    for (const [labels, histogram] of series) {
      const counts = histogram.cumulative()
      histogram.bounds.forEach((bound, i) => {
        this.#line(`${name}_bucket`, { ...labels, le: bound }, counts[i]!)
      })
      this.#line(`${name}_bucket`, { ...labels, le: '+Inf' }, histogram.count)
      this.#line(`${name}_sum`, labels, histogram.sum)
      this.#line(`${name}_count`, labels, histogram.count)
    }
  }

  get text(): string {
    return this.#text
  }

  #head(name: string, type: string, help: string): void {
    this.#text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
  }

  #line(name: string, labels: Labels, value: number): void {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(String(text))}"`)
    this.#text += `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`
  }
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
