import type { ObjectStore } from './contract.ts'
import { openFolder } from './folder-store.ts'
import { memoryStore } from './memory-store.ts'

/** `s3://bucket/prefix`, `memory:`, `none:` (nothing is stored) or the path of a folder. */
export async function openStore(url: string): Promise<ObjectStore> {
  if (url.startsWith('s3://')) return (await import('./s3-store.ts')).openS3(url)
  return url === 'memory:' || url === 'none:' ? memoryStore() : openFolder(url)
}
