// Blobs as files, one folder per repo (its integer key), named by CID. An upload goes to a temporary file, is hashed on the way, synced, moved to its
// name and only then noted in the database: what the database knows is on disk. A crash leaves at most files nobody knows.

import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, mkdirSync, renameSync, rmSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { cidBytes, cidFromBytes } from '../../atproto/cid.ts'
import type { Cid, CidBytes } from '../../atproto/cid.ts'
import type { Clock } from '../../server/clock.ts'
import { syncFolder } from '../../server/owner-file.ts'
import type { Database } from '../../server/sqlite.ts'
import { XrpcError } from '../../server/xrpc-error.ts'
import { createBlobIndex } from './blob-index.ts'
import type { BlobIndex, BlobRow } from './blob-index.ts'
import {
  LOOSE_BLOB_KEEP_MS,
  LOOSE_BLOB_SWEEP_MS,
  LOOSE_BLOBS_MAX,
  LOOSE_BLOBS_MAX_BYTES,
  LOOSE_BLOBS_RETRY_SECONDS,
  SNIFF_BYTES,
} from './limits.ts'
import { sniffMimeType } from './sniff-mime-type.ts'

export type BlobDeps = { readonly db: Database; readonly dir: string; readonly clock: Clock; readonly maxBytes: number }
export type UploadedBlob = BlobRow & { readonly cid: Cid }

export type Blobs = {
  readonly maxBytes: number
  /** A loose blob of that repo, durable when this resolves. Throws XrpcError BlobTooLarge, TooManyLooseBlobs; nothing is kept then. */
  upload(repo: number, bytes: AsyncIterable<Uint8Array>, claimedMimeType: string | undefined): Promise<UploadedBlob>
  /** A blob that a record names. */
  read(repo: number, cid: Cid): (BlobRow & { readonly bytes: AsyncIterable<Uint8Array> }) | undefined
  list: BlobIndex['list']
  /** The files of a repo that is gone. */
  removeFiles(repo: number): void
  /** Deletes blobs that have been loose for long; gives their number. */
  sweep(): number
  /** Empties the folder of temporary files, then sweeps from time to time. */
  start(): Disposable
}

export const createBlobs = ({ db, dir, clock, maxBytes }: BlobDeps): Blobs => {
  const index = createBlobIndex(db, clock)
  const uploads = join(dir, 'uploads')
  const folderOf = (repo: number): string => join(dir, String(repo))
  const fileOf = (repo: number, cid: CidBytes): string => join(folderOf(repo), cidFromBytes(cid).toString())

  // Removing the rows and the files is one synchronous step, so that no upload of the same bytes comes between.
  const sweep = (): number => {
    const loose = index.removeLoose(clock.realMs() - LOOSE_BLOB_KEEP_MS)
    for (const { repo, cid } of loose) rmSync(fileOf(repo, cid), { force: true })
    return loose.length
  }
  return {
    maxBytes,
    list: (repo, range) => index.list(repo, range),
    removeFiles: (repo) => rmSync(folderOf(repo), { recursive: true, force: true }),
    sweep,
    async upload(repo, bytes, claimedMimeType) {
      checkRoom(index, repo, 0)
      makeFolders(uploads, folderOf(repo))
      const temporary = join(uploads, randomUUID())
      try {
        const { cid, head, sizeBytes } = await store(temporary, bytes, maxBytes)
        // A blob that is there already takes no room; many at once find here what the others took.
        if (index.find(repo, cidBytes(cid)) === undefined) checkRoom(index, repo, sizeBytes)
        renameSync(temporary, fileOf(repo, cidBytes(cid)))
        syncFolder(folderOf(repo))
        const row = { mimeType: sniffMimeType(head, claimedMimeType), sizeBytes }
        index.add(repo, cidBytes(cid), row)
        return { cid, ...(index.find(repo, cidBytes(cid)) ?? row) }
      } finally {
        await rm(temporary, { force: true })
      }
    },
    read(repo, cid) {
      const row = index.named(repo, cidBytes(cid))
      return row && { ...row, bytes: createReadStream(fileOf(repo, cidBytes(cid))) }
    },
    start() {
      rmSync(uploads, { recursive: true, force: true })
      return clock.every(LOOSE_BLOB_SWEEP_MS, sweep)
    },
  }
}

const checkRoom = (index: BlobIndex, repo: number, sizeBytes: number): void => {
  const loose = index.loose(repo)
  if (loose.count < LOOSE_BLOBS_MAX && loose.sizeBytes + sizeBytes <= LOOSE_BLOBS_MAX_BYTES) return
  const later = { 'retry-after': String(LOOSE_BLOBS_RETRY_SECONDS) }
  throw new XrpcError(
    429,
    'TooManyLooseBlobs',
    'Too many of your uploads are named by no record: name some, or wait until they have gone',
    later,
  )
}

type Stored = { readonly cid: Cid; readonly head: Uint8Array; readonly sizeBytes: number }

const store = async (path: string, bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Stored> => {
  await using file = await open(path, 'wx', 0o600)
  const stored = await copy(file, bytes, maxBytes)
  await file.sync()
  return stored
}

const copy = async (file: FileHandle, bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Stored> => {
  const digest = createHash('sha256')
  let head: Uint8Array = new Uint8Array()
  let sizeBytes = 0
  for await (const chunk of bytes) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) throw new XrpcError(413, 'BlobTooLarge', `The blob is larger than ${maxBytes} bytes`)
    digest.update(chunk)
    if (head.length < SNIFF_BYTES) head = Buffer.concat([head, chunk.subarray(0, SNIFF_BYTES - head.length)])
    await file.writeFile(chunk)
  }
  return { cid: rawCid(digest.digest()), head, sizeBytes }
}

// Version 1, raw, sha-256, 32 bytes: what cidForRaw gives for bytes that are held whole.
const RAW_CID_PREFIX = Uint8Array.of(1, 0x55, 0x12, 32)
const rawCid = (digest: Uint8Array): Cid => cidFromBytes(Buffer.concat([RAW_CID_PREFIX, digest]))

const makeFolders = (...folders: readonly string[]): void => {
  for (const folder of folders) mkdirSync(folder, { recursive: true, mode: 0o700 })
}
