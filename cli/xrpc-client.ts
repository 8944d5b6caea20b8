// A small XRPC client over fetch: what the commands and the demo use to speak to any PDS or appview, as anybody's app would.

export class XrpcRefused extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export type Session = { readonly service: string; readonly did: string; readonly handle: string; readonly accessJwt: string }
/** A record as it was written; `rev` is that of its commit, empty where nothing changed. */
export type WrittenRecord = { readonly uri: string; readonly cid: string; readonly rev: string }
type Json = Readonly<Record<string, unknown>>

const answer = async (response: Response, nsid: string): Promise<Json> => {
  const body = parseJson(await response.text())
  if (response.ok) return body
  const code = typeof body['error'] === 'string' ? body['error'] : 'UpstreamFailure'
  const message = typeof body['message'] === 'string' ? body['message'] : `${nsid} answered ${response.status}`
  throw new XrpcRefused(response.status, code, message)
}

/** Somebody must answer there. */
const reach = async (service: string, method: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(`${service}/xrpc/${method}`, init)
  } catch (error) {
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    throw new XrpcRefused(503, 'Unreachable', `${service} does not answer (${why}); is the network running? \`npm start\` starts it`)
  }
}

const parseJson = (text: string): Json => {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text)
    return typeof value === 'object' && value !== null ? (value as Json) : {}
  } catch {
    return {}
  }
}

/** A session's access token, or name:password for the operator's methods. */
export type Authorization = string | { readonly basic: string } | undefined

const authorization = (by: Authorization): Record<string, string> => {
  if (by === undefined) return {}
  return { authorization: typeof by === 'string' ? `Bearer ${by}` : `Basic ${Buffer.from(by.basic).toString('base64')}` }
}

/** Calls a procedure with a JSON body. Throws XrpcRefused with the server's error name and sentence. */
export const procedure = async (service: string, nsid: string, body: Json | undefined, by?: Authorization): Promise<Json> => {
  const init: RequestInit = { method: 'POST', headers: authorization(by) }
  if (body !== undefined) {
    init.headers = { ...authorization(by), 'content-type': 'application/json' }
    init.body = JSON.stringify(body)
  }
  return answer(await reach(service, nsid, init), nsid)
}

/** Calls a query. Throws XrpcRefused with the server's error name and sentence. */
export const query = async (service: string, nsid: string, params: Readonly<Record<string, string>>, by?: Authorization): Promise<Json> =>
  answer(await reach(service, `${nsid}?${new URLSearchParams(params).toString()}`, { headers: authorization(by) }), nsid)

export type ReceivedFile = { readonly name: string | null; readonly bytes: Uint8Array }

/** Calls a query that answers with a file. Throws XrpcRefused with the server's error name and sentence. */
export const queryFile = async (
  service: string,
  nsid: string,
  params: Readonly<Record<string, string>>,
  by?: Authorization,
): Promise<ReceivedFile> => {
  const response = await reach(service, `${nsid}?${new URLSearchParams(params).toString()}`, { headers: authorization(by) })
  if (!response.ok) await answer(response, nsid)
  const name = /filename="([\w.-]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? null
  return { name, bytes: new Uint8Array(await response.arrayBuffer()) }
}

const field = (body: Json, name: string): string => {
  const value = body[name]
  if (typeof value !== 'string') throw new XrpcRefused(502, 'UpstreamFailure', `the answer has no ${name}`)
  return value
}

const sessionOf = (service: string, body: Json): Session => ({
  service,
  did: field(body, 'did'),
  handle: field(body, 'handle'),
  accessJwt: field(body, 'accessJwt'),
})

export const createAccount = async (service: string, account: { handle: string; email: string; password: string }): Promise<Session> =>
  sessionOf(service, await procedure(service, 'com.atproto.server.createAccount', account))

export const createSession = async (service: string, identifier: string, password: string): Promise<Session> =>
  sessionOf(service, await procedure(service, 'com.atproto.server.createSession', { identifier, password }))

export const createAppPassword = async (session: Session, name: string): Promise<string> =>
  field(await procedure(session.service, 'com.atproto.server.createAppPassword', { name }, session.accessJwt), 'password')

const revOf = (body: Json): string => {
  const commit = body['commit']
  return typeof commit === 'object' && commit !== null && 'rev' in commit && typeof commit.rev === 'string' ? commit.rev : ''
}

const written = (body: Json): WrittenRecord => ({ uri: field(body, 'uri'), cid: field(body, 'cid'), rev: revOf(body) })

export const createRecord = async (session: Session, collection: string, record: Json): Promise<WrittenRecord> =>
  written(
    await procedure(
      session.service,
      'com.atproto.repo.createRecord',
      { repo: session.did, collection, record: { $type: collection, ...record } },
      session.accessJwt,
    ),
  )

export const putRecord = async (session: Session, collection: string, rkey: string, record: Json): Promise<WrittenRecord> =>
  written(
    await procedure(
      session.service,
      'com.atproto.repo.putRecord',
      { repo: session.did, collection, rkey, record: { $type: collection, ...record } },
      session.accessJwt,
    ),
  )

/** Answers with the rev of the commit that removed the record. */
export const deleteRecord = async (session: Session, collection: string, rkey: string): Promise<string> =>
  revOf(await procedure(session.service, 'com.atproto.repo.deleteRecord', { repo: session.did, collection, rkey }, session.accessJwt))
