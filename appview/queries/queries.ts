// Every question the appview answers, for its methods and its pages alike: plain asynchronous functions of a caller and what they ask.

import type { Caller } from '../auth/caller.ts'
import { actionDetail, actionsOf, myPendingConfirmations } from './actions.ts'
import type { QueryDeps } from './deps.ts'
import { journalOf } from './journal.ts'
import type { JournalQuery } from './journal.ts'
import { createConsolidations } from './consolidation.ts'
import type { ConsolidationQuery } from './consolidation.ts'
import { createNetworkStatus } from './network.ts'
import { createClosings, createVerdicts, createVersions } from './sealed-statement.ts'
import { createSignedChecks } from './signed-check.ts'
import { createStatements } from './statement.ts'
import type { StatementQuery } from './statement.ts'
import { hostBodiesOf, municipalities, municipality, policyOf } from './towns.ts'
import { traceWrite } from './trace.ts'
import { trialBalanceFor } from './trial-balance.ts'
import type { TrialBalanceQuery } from './trial-balance.ts'

export type Queries = ReturnType<typeof createQueries>

/** All throw XrpcError 404 NotFound for what is missing and for whom it does not concern. */
export const createQueries = (deps: QueryDeps) => {
  const verdicts = createVerdicts(deps)
  const statementFor = createStatements(deps, verdicts)
  const consolidationFor = createConsolidations(deps, verdicts)
  return {
    statementFor: (caller: Caller, query: StatementQuery) => statementFor(caller, query),
    consolidationFor: (caller: Caller, query: ConsolidationQuery) => consolidationFor(caller, query),
    trialBalanceFor: (caller: Caller, query: TrialBalanceQuery) => trialBalanceFor(deps, caller, query),
    journalOf: (caller: Caller, query: JournalQuery) => journalOf(deps, caller, query),
    actionsOf: (caller: Caller, query: Parameters<typeof actionsOf>[2]) => actionsOf(deps, caller, query),
    actionDetail: (caller: Caller, uri: string) => actionDetail(deps, caller, uri),
    traceWrite: (caller: Caller, uri: string, cid?: string) => traceWrite(deps, caller, uri, cid),
    myPendingConfirmations: (caller: Caller, limit: number) => myPendingConfirmations(deps, caller, limit),
    municipality: (code: string) => municipality(deps, code),
    municipalities: (query: Parameters<typeof municipalities>[1]) => municipalities(deps, query),
    hostBodiesOf: (code: string, on?: string) => hostBodiesOf(deps, code, on),
    policyOf: (code: string, on?: string) => policyOf(deps, code, on),
    closingOf: createClosings(deps, verdicts),
    versionsOf: createVersions(deps),
    signedCheckOf: createSignedChecks(deps),
    networkStatus: createNetworkStatus(deps),
  }
}
