import { fn } from '../../../executor/functions/registry.ts'
import { sessionByNumber } from '../sessions.ts'
import { act } from './system.ts'

act(
  'pg_notify(text, text) -> void',
  'tells the listeners of a channel',
  (session, channel: string, payload: string) => {
    session.channels.notify(session.database, { channel, payload, pid: session.pid })
    return ''
  },
)
act('pg_notification_queue_usage() -> float8', 'always 0: what was said is not kept', () => 0)
fn('pg_listening_channels() -> setof text', {
  help: 'channels that the session listens to',
  session: true,
  volatility: 'volatile',
  rows: (number: number) => sessionByNumber(number).channels.names,
})
