// What a DID's newest operation says, as plain data (/data) and as a DID document (/:did).

import type { Did } from '../atproto/did.ts'
import type { PlcService, Signed, LegacyCreate, SignedOperation } from '../atproto/plc-operation.ts'

export type PlcData = {
  readonly did: Did
  readonly verificationMethods: Readonly<Record<string, string>>
  readonly rotationKeys: readonly string[]
  readonly alsoKnownAs: readonly string[]
  readonly services: Readonly<Record<string, PlcService>>
}

const CONTEXT = ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'] as const
const DID_KEY = 'did:key:'

export const dataOf = (did: Did, operation: SignedOperation | Signed<LegacyCreate>): PlcData => {
  if (operation.type === 'plc_operation') {
    const { verificationMethods, rotationKeys, alsoKnownAs, services } = operation
    return { did, verificationMethods, rotationKeys, alsoKnownAs, services }
  }
  return {
    did,
    verificationMethods: { atproto: operation.signingKey },
    rotationKeys: [operation.recoveryKey, operation.signingKey],
    alsoKnownAs: [withScheme('at', operation.handle)],
    services: { atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint: withScheme('https', operation.service) } },
  }
}

export const documentOf = ({ did, alsoKnownAs, verificationMethods, services }: PlcData): object => ({
  '@context': CONTEXT,
  id: did,
  alsoKnownAs,
  verificationMethod: Object.entries(verificationMethods).map(([name, key]) => ({
    id: `${did}#${name}`,
    type: 'Multikey',
    controller: did,
    publicKeyMultibase: key.slice(DID_KEY.length),
  })),
  service: Object.entries(services).map(([name, { type, endpoint }]) => ({ id: `#${name}`, type, serviceEndpoint: endpoint })),
})

const withScheme = (scheme: string, text: string): string => (/^[a-z]+:\/\//.test(text) ? text : `${scheme}://${text}`)
