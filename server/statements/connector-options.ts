import { realHost } from '../../executor/host.ts'
import type { ColumnDef } from '../../planner/catalog.ts'
import type { RelationSyntax } from '../../planner/parse/index.ts'
import type { Connector, FormatSpec } from '../../types/connector.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { readColumns } from './jobs.ts'

type Options = Readonly<Record<string, string>>

/** Options every relation may have besides its connector's own. */
const COMMON = new Set([
  'connector',
  'type',
  'primary_key',
  'force_append_only',
  'source_rate_limit',
  'backfill_rate_limit',
  'sink_rate_limit',
  'backfill_order',
  'sink_decouple',
  'snapshot',
])

/** Throws 22023 for an option that is missing or unknown; `<word>` in a connector's option name stands for any word. */
export function checkOptions(connector: Connector, options: Options): void {
  const patterns = Object.keys(connector.options).map(name => [name, asPattern(name)] as const)
  for (const name of Object.keys(options)) {
    if (COMMON.has(name) || patterns.some(([, pattern]) => pattern.test(name))) continue
    const known = Object.keys(connector.options).join(', ')
    throw new SqlError(
      'invalid_parameter_value',
      `unknown option "${name}" of connector "${connector.name}"`,
      {
        hint: `Known options: ${known}.`,
      },
    )
  }
  for (const [name, { required, help }] of Object.entries(connector.options))
    if (required && options[name] === undefined)
      throw new SqlError(
        'invalid_parameter_value',
        `option "${name}" of connector "${connector.name}" is missing`,
        {
          hint: help,
        },
      )
}

/** Makes the source as it will run and lets it check its options against the outside. */
export async function validateSource(
  connector: Connector,
  options: Options,
  columns: readonly ColumnDef[],
  syntax: RelationSyntax,
  format: FormatSpec,
  key: readonly number[],
): Promise<void> {
  if (connector.source === undefined) throw notSupported(`a source with connector "${connector.name}"`)
  checkOptions(connector, options)
  if (connector.formats.length === 0 && !['plain', 'native'].includes(format.format)) {
    const name = format.format.replace(/^./, first => first.toUpperCase())
    const message = `connector ${connector.name} does not support format ${name}`
    throw new SqlError('invalid_parameter_value', message)
  }
  const { read, key: at } = readColumns(columns, key)
  const { include } = syntax
  const schema = read.slice(0, read.length - include.length)
  const source = connector.source(options, { schema, include, format, key: at, host: realHost() })
  try {
    if (source.schema.length !== read.length) throw notSupported(`INCLUDE with connector "${connector.name}"`)
    await source.validate()
  } finally {
    await source.close()
  }
}

/** Options of a sink into a table, which has no connector and no format. */
export function checkIntoOptions({
  options,
  format,
}: {
  options: Options
  format: FormatSpec | undefined
}): void {
  if (format !== undefined)
    throw new SqlError(
      'invalid_parameter_value',
      'connector table is not supported by FORMAT ... ENCODE ... syntax',
    )
  for (const name of Object.keys(options))
    if (!COMMON.has(name) && name !== 'ignore_delete')
      throw new SqlError('invalid_parameter_value', `unknown option "${name}" of a sink into a table`)
}

function asPattern(name: string): RegExp {
  const source = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/<\w+>/g, '.+')
  return new RegExp(`^${source}$`)
}
