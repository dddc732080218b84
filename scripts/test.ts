// `npm test`: everything `npm run check` does, with more simulated runs, then the tests against a real Kafka, S3 server and
// PostgreSQL, which they install and start themselves.
import { runSteps, staticSteps, testFiles, testStep } from './steps.ts'

process.exit(
  await runSteps([
    ...staticSteps,
    { ...testStep('units and sql', testFiles('unit')), env: { SIM_SEEDS: '2000', ...process.env } },
    testStep('with services', testFiles('service'), 1),
  ]),
)
