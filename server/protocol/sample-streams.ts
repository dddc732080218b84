import { readFileSync } from 'node:fs'
import { Messages } from './frames.ts'
import { startupMessage } from './wire-client.ts'

/** What well-behaved clients send: sessions of real clients (captured at a proxy), and some of ours with messages those do not use. */
export function sampleStreams(user: string): Buffer[] {
  const sessions: ((out: Messages) => void)[] = [
    out => {
      for (const sql of ['SELECT 1', 'BEGIN; SELECT 1/0', 'ROLLBACK', "SELECT 'é😀', NULL; SELECT * FROM t"])
        out.begin('Q').string(sql).end()
    },
    out => {
      out
        .begin('P')
        .string('s')
        .string('SELECT k, v FROM t WHERE k = $1 OR v = $2')
        .int16(2)
        .int32(23)
        .int32(0)
        .end()
      out
        .begin('B')
        .string('p')
        .string('s')
        .int16(1)
        .int16(0)
        .int16(2)
        .sizedText('1')
        .int32(-1)
        .int16(1)
        .int16(1)
        .end()
      out.begin('D').text('P').string('p').end()
      out.begin('E').string('p').int32(1).end()
      out.begin('H').end()
      out.begin('E').string('p').int32(0).end()
      out.begin('C').text('P').string('p').end()
      out.begin('S').end()
    },
    out => {
      out
        .begin('P')
        .string('')
        .string('SELECT $1::numeric, $2::int[], $3::timestamptz, $4::jsonb')
        .int16(0)
        .end()
      out.begin('B').string('').string('').int16(1).int16(1).int16(4)
      out.int32(10).bytes(Buffer.from([0, 1, 0, 0, 0, 0, 0, 2, 0, 7]))
      out
        .int32(28)
        .bytes(
          Buffer.from('0000000100000000000000170000000200000001000000040000000500000004', 'hex').subarray(
            0,
            28,
          ),
        )
      out
        .int32(8)
        .bytes(Buffer.alloc(8))
        .int32(3)
        .bytes(Buffer.from([1, 0x7b, 0x7d]))
        .int16(1)
        .int16(1)
        .end()
      out.begin('E').string('').int32(0).end()
      out.begin('S').end()
    },
    out => {
      for (const sql of ['BEGIN', 'DECLARE c CURSOR FOR SELECT * FROM t', 'FETCH 2 c', 'CLOSE c', 'COMMIT'])
        out.begin('Q').string(sql).end()
      out.begin('X').end()
    },
  ]
  const ours = sessions.map(write => {
    const out = new Messages()
    write(out)
    return Buffer.concat([startupMessage({ user, database: 'dev' }), out.take()])
  })
  return [...ours, ...captured()]
}

function captured(): Buffer[] {
  const file = new URL('../clients/captured-sessions.json', import.meta.url)
  const sessions = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>
  return Object.values(sessions).map(bytes => Buffer.from(bytes, 'base64'))
}
