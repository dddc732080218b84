import type { Connector } from '../../types/connector.ts'

/** Accepts every row and keeps none: for benchmarks and for trying a query. */
export const blackhole: Connector = {
  name: 'blackhole',
  options: {},
  formats: [],
  sink: () => ({
    guarantee: 'none',
    logged: false,
    validate: async () => {},
    open: async () => ({
      claim: async () => undefined,
      write: async () => {},
      close: async () => {},
    }),
  }),
}
