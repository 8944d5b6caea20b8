// What the OAuth client keeps, as it wrote it: nobody else writes there, and nobody has changed it since.

import type { NodeSavedSession, NodeSavedState } from '@atproto/oauth-client-node'

export const parseState = (value: unknown): NodeSavedState | undefined => value as NodeSavedState | undefined

export const parseGrant = (value: unknown): NodeSavedSession | undefined => value as NodeSavedSession | undefined
