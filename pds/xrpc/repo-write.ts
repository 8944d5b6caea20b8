// The methods that change records: createRecord, putRecord, deleteRecord, applyWrites. Checks, in order: the caller is active and names its own repo ·
// number of writes · what the caller's scopes allow · each record (repo/encode-record.ts) · what stands in the repo (repo/prepare-commit.ts). Answered when durable.

import { parseCid } from '../../atproto/cid.ts'
import type { Cid } from '../../atproto/cid.ts'
import { makeAtUri } from '../../atproto/at-uri.ts'
import type { Did } from '../../atproto/did.ts'
import { InvalidSyntax } from '../../atproto/invalid-syntax.ts'
import { COMMIT_MAX_OPS } from '../../atproto/limits.ts'
import { parseNsid } from '../../atproto/nsid.ts'
import { parseRecordKey } from '../../atproto/record-key.ts'
import { joinPath, splitPath } from '../../atproto/record-path.ts'
import { invalidRequest, XrpcError } from '../../server/xrpc-error.ts'
import { method } from '../../server/xrpc.ts'
import type { Call, Methods } from '../../server/xrpc.ts'
import type { Auth, Caller } from '../auth/caller.ts'
import { askedByHandler, type RecordAction } from '../auth/permissions.ts'
import { encodeRecord, recordKeyFor } from '../repo/encode-record.ts'
import type { ValidationStatus } from '../repo/encode-record.ts'
import { APPLY_WRITES_BODY_MAX_BYTES, OVERLOADED_RETRY_SECONDS, RECORD_BODY_MAX_BYTES } from '../repo/limits.ts'
import type { RecordWrite, Write, WriteRefusalName } from '../repo/write.ts'
import type { Here } from './repo-here.ts'

export type WriteDeps = Here & { readonly auth: Pick<Auth, 'user'> }

type Target = { repo: string; collection: string }
type Create = Target & { rkey?: string; validate?: boolean; record: unknown; swapCommit?: string }
type Put = Target & { rkey: string; validate?: boolean; record: unknown; swapRecord?: string | null; swapCommit?: string }
type Delete = Target & { rkey: string; swapRecord?: string; swapCommit?: string }
type Apply = { repo: string; validate?: boolean; writes: readonly ApplyWrite[]; swapCommit?: string }
type ApplyWrite = { $type: string; collection: string; rkey?: string; value?: unknown }
type Wanted = { readonly write: Write; readonly validationStatus?: ValidationStatus }

const APPLY = 'com.atproto.repo.applyWrites'
/** A put creates or replaces, as it finds the repo. */
const PUT_NEEDS = ['create', 'update'] as const

export const repoWriteMethods = (deps: WriteDeps): Methods => {
  const user = (req: Call['req']) => deps.auth.user(req, askedByHandler)
  return {
    'com.atproto.repo.createRecord': method({
      auth: user,
      limits: { bodyBytes: RECORD_BODY_MAX_BYTES },
      async handle({ auth: caller, input }: Call<Caller, {}, Create>) {
        const did = ownRepo(deps, caller, input.repo)
        caller.permissions.repo('create', input.collection)
        const wanted = wantRecord(deps, 'create', input)
        const meta = await commit(deps, did, [wanted], input.swapCommit)
        return { json: { ...recordAnswer(did, wanted), ...meta } }
      },
    }),
    'com.atproto.repo.putRecord': method({
      auth: user,
      limits: { bodyBytes: RECORD_BODY_MAX_BYTES },
      async handle({ auth: caller, input }: Call<Caller, {}, Put>) {
        const did = ownRepo(deps, caller, input.repo)
        for (const action of PUT_NEEDS) caller.permissions.repo(action, input.collection)
        const swapRecord = input.swapRecord === null ? null : cidOf(input.swapRecord, 'swapRecord')
        const wanted = wantRecord(deps, 'put', input, swapRecord)
        const meta = await commit(deps, did, [wanted], input.swapCommit)
        return { json: { ...recordAnswer(did, wanted), ...meta } }
      },
    }),
    'com.atproto.repo.deleteRecord': method({
      auth: user,
      async handle({ auth: caller, input }: Call<Caller, {}, Delete>) {
        const did = ownRepo(deps, caller, input.repo)
        caller.permissions.repo('delete', input.collection)
        const wanted = wantDelete(input, cidOf(input.swapRecord, 'swapRecord'))
        return { json: await commit(deps, did, [wanted], input.swapCommit) }
      },
    }),
    [APPLY]: method({
      auth: user,
      limits: { bodyBytes: APPLY_WRITES_BODY_MAX_BYTES },
      async handle({ auth: caller, input }: Call<Caller, {}, Apply>) {
        const did = ownRepo(deps, caller, input.repo)
        if (input.writes.length > COMMIT_MAX_OPS) throw invalidRequest(`Too many writes. Max: ${COMMIT_MAX_OPS}`)
        for (const { $type, collection } of input.writes) caller.permissions.repo(actionOf($type), collection)
        const wanted = input.writes.map((one) => wantOne(deps, one, input.validate))
        const meta = await commit(deps, did, wanted, input.swapCommit)
        return { json: { ...meta, results: wanted.map((one) => resultOf(did, one)) } }
      },
    }),
  }
}

/** A caller writes to its own repo only. */
const ownRepo = ({ accounts }: Here, caller: Caller, repo: string): Did => {
  if (repo !== caller.did && accounts.resolve(repo)?.did !== caller.did)
    throw new XrpcError(401, 'AuthenticationRequired', 'This is not your repo')
  return caller.did
}

const wantRecord = (
  { repos }: Here,
  action: RecordWrite['action'],
  input: { collection: string; rkey?: string; record: unknown; validate?: boolean | undefined },
  swapRecord?: Cid | null,
): { readonly write: RecordWrite; readonly validationStatus: ValidationStatus } => {
  const collection = parseNsid(input.collection)
  const rkey = recordKeyFor(collection, input.rkey, () => repos.nextTid())
  const { record, validationStatus } = encodeRecord(collection, input.record, input.validate)
  return { write: { action, path: joinPath(collection, rkey), record, swapRecord }, validationStatus }
}

const wantDelete = (input: { collection: string; rkey: string }, swapRecord?: Cid): Wanted => ({
  write: { action: 'delete', path: joinPath(parseNsid(input.collection), parseRecordKey(input.rkey)), swapRecord },
})

const actionOf = ($type: string): RecordAction =>
  $type === `${APPLY}#delete` ? 'delete' : $type === `${APPLY}#create` ? 'create' : 'update'

const wantOne = (here: Here, { $type, collection, rkey, value }: ApplyWrite, validate: boolean | undefined): Wanted => {
  const action = actionOf($type)
  if (action === 'delete') return wantDelete({ collection, rkey: rkey ?? '' })
  return wantRecord(here, action, { collection, ...(rkey !== undefined && { rkey }), record: value, validate })
}

const commit = async ({ repos }: Here, did: Did, wanted: readonly Wanted[], swapCommit: string | undefined): Promise<object> => {
  const writes = wanted.map(({ write }) => write)
  const outcome = await repos.write(did, writes, { swapCommit: cidOf(swapCommit, 'swapCommit') })
  if (!outcome.ok) {
    const { name, message } = outcome.refusal
    const later: Readonly<Record<string, string>> = name === 'Overloaded' ? { 'retry-after': String(OVERLOADED_RETRY_SECONDS) } : {}
    throw new XrpcError(STATUS_OF[name], name, message, later)
  }
  return outcome.commit === null ? {} : { commit: { cid: outcome.commit.cid.toString(), rev: outcome.commit.rev } }
}

const STATUS_OF: Readonly<Record<WriteRefusalName, number>> = {
  RepoNotFound: 400,
  AccountInactive: 401,
  InvalidSwap: 400,
  RecordAlreadyExists: 400,
  RecordNotFound: 400,
  BlobNotFound: 400,
  InvalidBlob: 400,
  CommitTooLarge: 400,
  Overloaded: 503,
}

const recordAnswer = (did: Did, { write, validationStatus }: Wanted): object => {
  if (write.action === 'delete') return {}
  const { collection, rkey } = splitPath(write.path)
  const status = validationStatus === undefined ? {} : { validationStatus }
  return { uri: makeAtUri(did, collection, rkey), cid: write.record.cid.toString(), ...status }
}

const resultOf = (did: Did, wanted: Wanted): object => ({ $type: `${APPLY}#${wanted.write.action}Result`, ...recordAnswer(did, wanted) })

const cidOf = (text: string | undefined, what: string): Cid | undefined => {
  try {
    return text === undefined ? undefined : parseCid(text)
  } catch (error) {
    if (error instanceof InvalidSyntax) throw invalidRequest(`${what} is no CID of a commit or record`)
    throw error
  }
}
