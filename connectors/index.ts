import type { Connector } from '../types/connector.ts'
import { blackhole } from './blackhole/index.ts'
import { datagen } from './datagen/index.ts'
import { kafka } from './kafka/index.ts'
import { nexmark } from './nexmark/index.ts'

/** Every connector by the name of WITH (connector = …): one line each. */
export const connectors: ReadonlyMap<string, Connector> = new Map(
  [blackhole, datagen, kafka, nexmark].map(connector => [connector.name, connector]),
)
