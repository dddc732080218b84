// `npm test`: everything `npm run check` does, then the tests against a real Kafka, which they install and start themselves.
import { runSteps, staticSteps, testFiles, testStep } from './steps.ts'

process.exit(
  await runSteps([
    ...staticSteps,
    testStep('units and sql', testFiles('unit')),
    testStep('with services', testFiles('service'), 1),
  ]),
)
