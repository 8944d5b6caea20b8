// Private confirmation put together: codes, and the word that the municipality publishes.

import { TidClock } from '../../atproto/tid.ts'
import type { Keep } from '../auth/keep.ts'
import { createCodes, type Codes } from './codes.ts'
import { createConfirm, type ConfirmDeps, type ConfirmPrivately } from './confirm-privately.ts'

export type OpenedConfirm = { readonly codes: Codes; readonly confirm: ConfirmPrivately }

export const openConfirm = ({ keep, ...deps }: Omit<ConfirmDeps, 'tids'> & { readonly keep: Keep }): OpenedConfirm => ({
  codes: createCodes({ keep, clock: deps.clock }),
  confirm: createConfirm({ ...deps, tids: new TidClock(() => deps.clock.civilMs()) }),
})
