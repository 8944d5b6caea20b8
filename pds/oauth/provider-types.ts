// The provider's types that our stores speak of, under one roof. Types only: nothing of the provider is loaded by importing this.

import type {
  Account,
  AccountStore,
  AuthorizedClients,
  DeviceAccount,
  DeviceData,
  DeviceId,
  Did,
  HandleString,
  SessionId,
} from '@atproto/oauth-provider/store'
import type {
  ClientAuth,
  LexiconDocument,
  RefreshToken,
  RequestData,
  RequestId,
  TokenData,
  TokenId,
  TokenInfo,
} from '@atproto/oauth-provider/store'

export type Parameters = TokenData['parameters']

export type {
  Account,
  AccountStore,
  AuthorizedClients,
  ClientAuth,
  DeviceAccount,
  DeviceData,
  DeviceId,
  Did,
  HandleString,
  LexiconDocument,
  RefreshToken,
  RequestData,
  RequestId,
  SessionId,
  TokenData,
  TokenId,
  TokenInfo,
}
