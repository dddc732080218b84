// `npm test`: everything `npm run check` does, then the tests against a real Kafka, S3 server and PostgreSQL.
import { runSteps, staticSteps, testFiles, testStep } from './steps.ts'

process.exit(
  await runSteps([
    ...staticSteps,
    testStep('units and sql', testFiles('unit')),
    { name: 'services', command: [process.execPath, 'scripts/services.ts', 'start'] },
    testStep('with services', testFiles('service'), 1),
    { name: 'services stopped', command: [process.execPath, 'scripts/services.ts', 'stop'] },
  ]),
)
