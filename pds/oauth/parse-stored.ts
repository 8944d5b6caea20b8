// What this server itself wrote into its tables, as the types of the provider: the only door from a row's text to them.

import type {
  ClientAuth,
  DeviceId,
  Did,
  HandleString,
  LexiconDocument,
  Parameters,
  RequestId,
  SessionId,
  TokenId,
} from './provider-types.ts'

export const parseOwnDid = (did: string): Did => did as Did
export const parseOwnHandle = (handle: string): HandleString => handle as HandleString
export const parseSessionId = (id: string): SessionId => id as SessionId
export const parseDeviceId = (id: string): DeviceId => id as DeviceId
export const parseTokenId = (id: string): TokenId => id as TokenId
export const parseClientAuth = (json: string): ClientAuth => JSON.parse(json) as ClientAuth
export const parseParameters = (json: string): Parameters => JSON.parse(json) as Parameters
export const parseLexicon = (json: string): LexiconDocument => JSON.parse(json) as LexiconDocument
export const parseRequestId = (id: string): RequestId => id as RequestId
