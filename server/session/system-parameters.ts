import type { Catalog } from '../../planner/catalog.ts'
import { bool, whole } from './setting-checks.ts'

export interface SystemParameter {
  readonly default: string
  readonly help: string
  readonly check?: (value: string) => boolean
}

const HELP = 'accepted for RisingWave; not used'
const millis = (value: string): boolean =>
  /^\d+$/.test(value) && Number(value) >= 1 && Number(value) < 2 ** 31

/** What ALTER SYSTEM changes for the server as a whole: RisingWave's parameters, of which one has an effect here. */
export const SYSTEM_PARAMETERS: Readonly<Record<string, SystemParameter>> = {
  adaptive_parallelism_strategy: { default: 'AUTO', help: HELP },
  backup_storage_directory: { default: '', help: HELP },
  backup_storage_url: { default: '', help: HELP },
  barrier_interval_ms: { default: '1000', help: 'time between two barriers', check: millis },
  checkpoint_frequency: { default: '1', help: 'every barrier is a commit; not used', check: whole },
  enable_tracing: { default: 'false', help: HELP, check: bool },
  enforce_secret: { default: 'false', help: HELP, check: bool },
  license_key: { default: '', help: 'nothing here needs one; not used' },
  max_concurrent_creating_streaming_jobs: { default: '1', help: HELP, check: whole },
  pause_on_next_bootstrap: { default: 'false', help: HELP, check: bool },
  per_database_isolation: { default: 'true', help: HELP, check: bool },
  time_travel_retention_ms: {
    default: '600000',
    help: 'how long rows of earlier times are kept in memory',
    check: v => millis(v) && Number(v) >= 60_000,
  },
}

export function isSystemParameter(name: string): boolean {
  return Object.hasOwn(SYSTEM_PARAMETERS, name)
}

/** What is in force: what ALTER SYSTEM has set, else what the server began with, else the default. */
export function systemParameter(
  catalog: Catalog,
  name: string,
  begun: string | number = SYSTEM_PARAMETERS[name]!.default,
): string {
  const all = catalog.roleSettings.find(s => s.role === undefined && s.database === undefined)
  return all?.settings[name] ?? String(begun)
}

/** All of them, as they are in force. */
export function systemParameters(
  catalog: Catalog,
  barrierIntervalMs: number,
): readonly { readonly name: string; readonly value: string; readonly help: string }[] {
  return Object.entries(SYSTEM_PARAMETERS).map(([name, { help }]) => {
    const begun = name === 'barrier_interval_ms' ? barrierIntervalMs : undefined
    return { name, value: systemParameter(catalog, name, begun), help }
  })
}
