import type { Relation, RelationKind } from '../../planner/catalog.ts'
import { type JobSettings, parallelismPolicy } from '../../planner/job-settings.ts'
import type { JobSettingChange } from '../../planner/parse/job-setting.ts'
import { SqlError } from '../../types/error.ts'

/** RisingWave's own when nothing is asked. */
const DEFAULTS: Readonly<Partial<Record<RelationKind, string>>> = {
  table: 'bounded(4)',
  source: 'bounded(4)',
  sink: 'bounded(8)',
}
const DEFAULT = 'bounded(64)'
const MAX_PARALLELISM = 256

/** What a session's settings ask of a new job. Throws 22023. */
export function askedBySession(
  kind: RelationKind,
  setting: (name: string) => string | undefined,
): JobSettings {
  const named = kind === 'subscription' ? '' : `_for_${kind.replace(' ', '_')}`
  const own = setting(`streaming_parallelism${named}`) ?? 'default'
  const words = [own, setting('streaming_parallelism') ?? 'default'].map(parallelismPolicy)
  const parallelism = words.find(word => word !== undefined && word !== 'default')
  const most = Number(setting('streaming_max_parallelism'))
  const policy = setting('streaming_cache_refill_policy') ?? 'default'
  return checked({
    ...(parallelism !== undefined && { parallelism }),
    ...(most > 0 && most !== MAX_PARALLELISM && { maxParallelism: most }),
    ...(policy !== 'default' && {
      config: { 'streaming.developer.cache_refill_policy': JSON.stringify(policy) },
    }),
  })
}

/** The relation with what ALTER asks of its job. Throws 22023. */
export function withJobSetting(relation: Relation, { set, config }: JobSettingChange): Relation {
  const members = Object.entries({ ...relation.asked, ...set }).filter(([, value]) => value !== undefined)
  const kept = Object.entries({ ...relation.asked?.config, ...config }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  )
  return { ...relation, asked: checked({ ...Object.fromEntries(members), config: Object.fromEntries(kept) }) }
}

/** What catalogs show of a job. */
export function shownSettings({ kind, asked }: Relation): Required<JobSettings> {
  return {
    parallelism: asked?.parallelism ?? DEFAULTS[kind] ?? DEFAULT,
    maxParallelism: asked?.maxParallelism ?? MAX_PARALLELISM,
    resourceGroup: asked?.resourceGroup ?? 'default',
    config: asked?.config ?? {},
  }
}

function checked(asked: JobSettings): JobSettings {
  const { parallelism, maxParallelism = MAX_PARALLELISM } = asked
  if (Number(parallelism) > maxParallelism) {
    const message = `specified parallelism ${parallelism} should not exceed max parallelism ${maxParallelism}`
    throw new SqlError('invalid_parameter_value', message)
  }
  return asked
}
