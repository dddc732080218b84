import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { Definition } from './definition.ts'
import { createRealm, type Realm } from './realm.ts'
import type { Reply, Request } from './sandbox.ts'

/** The thread that functions run in: it waits for a request, answers, and waits. */
const { port, signal } = workerData as { readonly port: MessagePort; readonly signal: Int32Array }

/** Realms of the functions asked for last. */
const realms = new Map<string, Realm>()
const REALMS_MAX = 50

Atomics.store(signal, 2, 1)
Atomics.notify(signal, 2)
for (;;) {
  Atomics.wait(signal, 0, 0)
  Atomics.store(signal, 0, 0)
  const received = receiveMessageOnPort(port) as { message: Request } | undefined
  if (received === undefined) continue
  port.postMessage(answer(received.message))
  Atomics.store(signal, 1, 1)
  Atomics.notify(signal, 1)
}

function answer(request: Request): Reply {
  let realm: Realm
  try {
    realm = realmOf(request.definition)
  } catch (error) {
    return { error: describe(error) }
  }
  if (request.ask === 'exports') return { answers: JSON.stringify(realm.names) }
  try {
    return { answers: realm.run(request.work, request.inputs, request.timeoutMs) }
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return { error: describe(error) }
    return { answers: realm.done() }
  }
}

function realmOf(definition: string): Realm {
  const realm = realms.get(definition) ?? createRealm(JSON.parse(definition) as Definition)
  realms.delete(definition)
  realms.set(definition, realm)
  if (realms.size > REALMS_MAX) realms.delete(realms.keys().next().value!)
  return realm
}

/** Errors are of another realm: only their texts are read. */
function describe(error: unknown): string {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown }
  if (typeof name !== 'string' || typeof message !== 'string') return 'an error without a text'
  return message.startsWith('Script execution timed out')
    ? 'it takes too long to load'
    : `${name}: ${message}`
}
