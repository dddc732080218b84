import type { GeneratorSpec, Source } from '../types/connector.ts'
import { AssertionError } from '../types/error.ts'

/** A source whose rows are made in the executor thread; it has no reader. */
export function generatedSource(generator: GeneratorSpec): Source {
  return {
    schema: generator.schema,
    generator,
    open: async () => {
      throw new AssertionError(`${generator.connector}: rows come from the generator, not from a reader`)
    },
    validate: async () => {},
    close: async () => {},
  }
}
