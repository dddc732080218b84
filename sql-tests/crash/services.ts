import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { S3_ACCESS, type Service, startKafka, startS3 } from '../../scripts/services.ts'

/** What one crash test needs, all of it its own. */
export interface CrashServices {
  readonly folder: string
  readonly kafka: Service
  readonly s3: Service
  /** Environment for a server whose bucket lies on an S3 endpoint. */
  s3Env(address?: string): Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** A Kafka broker, and an S3 server with the bucket `weir`. */
export async function startCrashServices(): Promise<CrashServices> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-crash-'))
  const [kafka, s3] = await Promise.all([startKafka(join(folder, 'kafka')), startS3(join(folder, 's3'))])
  const client = new S3Client({
    endpoint: `http://${s3.address}`,
    region: 'us-east-1',
    credentials: S3_ACCESS,
    forcePathStyle: true,
  })
  await client.send(new CreateBucketCommand({ Bucket: 'weir' }))
  client.destroy()
  return {
    folder,
    kafka,
    s3,
    s3Env: (address = s3.address) => ({
      AWS_ENDPOINT_URL: `http://${address}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: S3_ACCESS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: S3_ACCESS.secretAccessKey,
    }),
    async stop() {
      await Promise.all([kafka.stop(), s3.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Numbers from 0 to 1 that a seed decides. */
export function mulberry32(seed: number): () => number {
  let s = seed
  return () => {
    s = (s + 0x6d2b79f5) | 0
    let t = Math.imul(s ^ (s >>> 15), s | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
