import { spawn } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'

/** One named command of a check run; its output is shown as it comes. */
export interface Step {
  readonly name: string
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Runs the steps in order, all of them, and exits with 1 when any failed. */
export async function runSteps(steps: readonly Step[]): Promise<number> {
  const failed: string[] = []
  for (const step of steps) {
    const from = performance.now()
    console.log(`── ${step.name}`)
    const code = await run(step)
    console.log(
      `── ${step.name}: ${code === 0 ? 'ok' : `FAILED (${code})`}, ${((performance.now() - from) / 1000).toFixed(1)} s`,
    )
    if (code !== 0) failed.push(step.name)
  }
  if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}

/** Test files of the project; service tests need Kafka, S3 and PostgreSQL. */
export function testFiles(kind: 'unit' | 'service'): string[] {
  const folders = [
    'types',
    'storage',
    'executor',
    'planner',
    'connectors',
    'server',
    'sql-tests',
    'bench',
    'docker',
    'scripts',
  ]
  const files = folders.filter(existsSync).flatMap(folder => globSync(`${folder}/**/*.test.ts`))
  return files.filter(file => file.endsWith('.service.test.ts') === (kind === 'service')).sort()
}

/** node:test over the files, a process each, two at once. */
export function testStep(name: string, files: readonly string[], concurrency = 2): Step {
  const flags = [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-reporter=dot',
    `--test-concurrency=${concurrency}`,
  ]
  return { name, command: [process.execPath, ...flags, ...files] }
}

/** Types, lint and formatting. */
export const staticSteps: readonly Step[] = [
  { name: 'types', command: [process.execPath, 'node_modules/typescript/bin/tsc', '--noEmit'] },
  { name: 'lint', command: ['node_modules/.bin/biome', 'check', '--diagnostic-level=error', '.'] },
]

function run(step: Step): Promise<number> {
  const [program, ...args] = step.command
  return new Promise(resolve => {
    const child = spawn(program!, args, { stdio: 'inherit', env: { ...process.env, ...step.env } })
    child.on('error', error => {
      console.error(String(error))
      resolve(127)
    })
    child.on('exit', code => resolve(code ?? 1))
  })
}
