import { parseArgs } from 'node:util'
import { reportNexmark } from './nexmark-report.ts'

const HELP = `npm run bench -- SUBJECT

  nexmark [q0 q1 …] [--events N] [--no-checkpoint] [--beside-flink]
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: 'string' },
    'no-checkpoint': { type: 'boolean', default: false },
    'beside-flink': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [subject, ...rest] = positionals

switch (values.help ? undefined : subject) {
  case 'nexmark':
    await reportNexmark(rest, {
      ...(values.events !== undefined && { events: Number(values.events) }),
      checkpoint: !values['no-checkpoint'],
      besideFlink: values['beside-flink'],
    })
    break
  default:
    console.log(HELP)
}
