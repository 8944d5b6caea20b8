// The provider's error for whoever asks too often. The provider writes its sentence, authorization-server.ts its headers.

import { OAuthError } from '@atproto/oauth-provider/errors'

export class TooManyRequests extends OAuthError {
  readonly headers: Readonly<Record<string, string>>

  constructor(message: string, headers: Readonly<Record<string, string>>) {
    super('rate_limit_exceeded', message, 429)
    this.headers = headers
  }
}
