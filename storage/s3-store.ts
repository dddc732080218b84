import { setTimeout as sleep } from 'node:timers/promises'
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import type { ObjectStore } from './contract.ts'
import { joined } from './parts.ts'
import { StoreError } from './store-error.ts'
import { newStoreStats } from './store-stats.ts'

const ATTEMPTS_MAX = 6
const CONNECT_MS = 5_000
/** A request that moves no byte for so long is given up and repeated. */
const SILENCE_MS = 20_000

export interface S3Options {
  /** Default: AWS_ENDPOINT_URL, else Amazon's. */
  readonly endpoint?: string | undefined
  /** Default: AWS_REGION, else us-east-1. */
  readonly region?: string | undefined
  /** Both or none; default: the SDK's own chain (environment, profile, instance role). */
  readonly accessKeyId?: string | undefined
  readonly secretAccessKey?: string | undefined
  /** The bucket as first part of the path; default: with an endpoint of one's own. */
  readonly forcePathStyle?: boolean | undefined
}

/**
 * `s3://bucket/prefix` through the AWS SDK. A conditional put whose outcome is unknown reads the key back: bodies are
 * unique per writer, so equal bytes are ours.
 */
export function openS3(url: string, options: S3Options = {}): ObjectStore {
  const match = /^s3:\/\/([^/]+)\/?(.*)$/.exec(url)
  if (match === null)
    throw new StoreError('open', url, 'not of the form s3://bucket/prefix', { retryable: false })
  const bucket = match[1]!
  const prefix = match[2] === '' || match[2]!.endsWith('/') ? match[2]! : `${match[2]}/`
  const endpoint = options.endpoint ?? process.env['AWS_ENDPOINT_URL']
  const { accessKeyId, secretAccessKey } = options
  const client = new S3Client({
    region: options.region ?? process.env['AWS_REGION'] ?? 'us-east-1',
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: options.forcePathStyle ?? endpoint !== undefined,
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  const stats = newStoreStats()
  const get = async (key: string, range?: { readonly from: number; readonly to: number }) => {
    stats.gets++
    const part = range && { Range: `bytes=${range.from}-${range.to - 1}` }
    try {
      const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: prefix + key, ...part }))
      const body = await answer.Body!.transformToByteArray()
      stats.bytesGot += body.length
      return body
    } catch (error) {
      const { name } = error as Error
      if (name === 'NoSuchKey' || (statusOf(error) === 404 && name !== 'NoSuchBucket')) return undefined
      if (statusOf(error) === 416) return new Uint8Array(0)
      throw error
    }
  }
  const put = (key: string, body: Uint8Array, condition: { IfNoneMatch?: string }) => {
    stats.puts++
    stats.bytesPut += body.length
    const input = { Bucket: bucket, Key: prefix + key, Body: body, ContentLength: body.length, ...condition }
    return client.send(new PutObjectCommand(input))
  }
  /** Listing is the first thing a server does. */
  const nameBucket = (error: Error): never => {
    const at = endpoint === undefined ? '' : ` at ${endpoint}`
    if (error.name === 'NoSuchBucket') error.message = `there is no bucket ${bucket}${at}; create it first`
    throw error
  }
  return {
    name: url,
    stats,
    put: (key, body) => {
      const bytes = joined(body)
      return retried('put', key, async () => void (await put(key, bytes, {})))
    },
    putIfAbsent: (key, body) =>
      retried('put if absent', key, async attempt => {
        // After a failure nobody knows whether the put was applied.
        if (attempt > 0) {
          const there = await get(key)
          if (there !== undefined) return Buffer.compare(there, body) === 0
        }
        try {
          await put(key, body, { IfNoneMatch: '*' })
          return true
        } catch (error) {
          if ((error as Error).name !== 'PreconditionFailed' && statusOf(error) !== 412) throw error
          const there = await get(key)
          return there !== undefined && Buffer.compare(there, body) === 0
        }
      }),
    get: (key, range) => retried('get', key, () => get(key, range)),
    async *list(start, after) {
      let token: string | undefined
      do {
        stats.lists++
        const from = after === undefined ? {} : { StartAfter: prefix + after }
        const page = await retried('list', start, () =>
          client
            .send(
              new ListObjectsV2Command({
                Bucket: bucket,
                Prefix: prefix + start,
                ...from,
                ...(token && { ContinuationToken: token }),
              }),
            )
            .catch(nameBucket),
        )
        for (const object of page.Contents ?? []) yield object.Key!.slice(prefix.length)
        token = page.NextContinuationToken
      } while (token !== undefined)
    },
    async delete(keys) {
      for (let i = 0; i < keys.length; i += 1000) {
        stats.deletes += Math.min(1000, keys.length - i)
        const Objects = keys.slice(i, i + 1000).map(key => ({ Key: prefix + key }))
        await retried('delete', keys[i]!, async () => {
          const request = { Bucket: bucket, Delete: { Objects, Quiet: true } }
          const [refused] = (await client.send(new DeleteObjectsCommand(request))).Errors ?? []
          if (refused !== undefined) throw new Error(`${refused.Key}: ${refused.Code} ${refused.Message}`)
        })
      }
    },
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
}

/** Tries again with growing pauses, except after the store's clear refusal. */
async function retried<T>(operation: string, key: string, run: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await run(attempt)
    } catch (error) {
      const status = statusOf(error) ?? 500
      if (attempt + 1 >= ATTEMPTS_MAX || (status >= 400 && status < 500 && status !== 429 && status !== 409))
        throw new StoreError(operation, key, (error as Error).message, {
          retryable: status >= 500 || status === 429 || status === 409,
          cause: error,
        })
      await sleep(50 * 2 ** attempt)
    }
  }
}
