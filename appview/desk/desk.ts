// The desk of every town of this appview, as a value: all its operations over one store, one outbox and one clock.

import { admissionDeeds } from './admissions.ts'
import { appealDeeds } from './appeals.ts'
import { approvalDeeds } from './approvals.ts'
import { disputeDeeds } from './disputes.ts'
import { flagDeeds } from './flags.ts'
import { hostBodyDeeds } from './host-bodies.ts'
import { openDesks, type DeskDeps } from './office.ts'
import { openingDeeds } from './openings.ts'
import type { DeskOperations } from './operations.ts'
import { policyDeeds } from './policies.ts'
import { registerEntryDeeds } from './register-entries.ts'
import { registerDeeds } from './register.ts'
import { roleDeeds } from './roles.ts'
import { rulingDeeds } from './rulings.ts'
import { sheetDeeds } from './sheets.ts'
import { suspensionDeeds } from './suspensions.ts'
import { trailDeeds } from './trail.ts'
import { upheldRulingDeeds } from './upheld-rulings.ts'

export const createDesk = (deps: DeskDeps): DeskOperations => {
  const desks = openDesks(deps)
  return {
    held: (actor) => desks.held(actor),
    ...roleDeeds(desks),
    ...registerDeeds(desks),
    ...admissionDeeds(desks),
    ...hostBodyDeeds(desks),
    ...sheetDeeds(desks),
    ...approvalDeeds(desks),
    ...disputeDeeds(desks),
    ...rulingDeeds(desks),
    ...upheldRulingDeeds(desks),
    ...appealDeeds(desks),
    ...suspensionDeeds(desks),
    ...policyDeeds(desks),
    ...openingDeeds(desks),
    ...registerEntryDeeds(desks),
    ...flagDeeds(desks),
    ...trailDeeds(desks),
  }
}
