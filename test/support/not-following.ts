// What books say of the relay when nothing follows one.

import type { FollowStatus } from '../../appview/follow/follow-status.ts'

export const notFollowing = (): FollowStatus => ({
  state: 'connecting',
  reason: null,
  origin: null,
  leaf: 0,
  recordedAt: '',
  relayLeaves: null,
  counts: {},
})
