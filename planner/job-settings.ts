/** What users asked of how a job runs. weir runs every job alike, in one thread; catalogs say what was asked. */
export interface JobSettings {
  /** `adaptive`, `bounded(4)`, `ratio(0.5)` or a number. */
  readonly parallelism?: string
  readonly maxParallelism?: number
  readonly resourceGroup?: string
  /** By dotted name; values as TOML writes them. */
  readonly config?: Readonly<Record<string, string>>
}

/** A parallelism as catalogs show it; undefined: not one. */
export function parallelismPolicy(text: string): string | undefined {
  const word = text.trim().toLowerCase()
  if (['default', 'adaptive', 'auto', 'full', '0'].includes(word))
    return word === 'default' ? word : 'adaptive'
  if (/^\d+$/.test(word)) return String(Number(word))
  const [, how, amount] = /^(bounded|ratio)\(\s*(\d+(?:\.\d+)?)\s*\)$/.exec(word) ?? []
  if (how === 'bounded' && /^\d+$/.test(amount!) && Number(amount) > 0) return `bounded(${Number(amount)})`
  return how === 'ratio' && Number(amount) > 0 && Number(amount) <= 1 ? `ratio(${Number(amount)})` : undefined
}
