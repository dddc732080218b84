// `npm run check`: types, lint, tidy, units and .slt suites; no outside service.
import { runSteps, staticSteps, testFiles, testStep } from './steps.ts'

process.exit(await runSteps([...staticSteps, testStep('units and sql', testFiles('unit'))]))
