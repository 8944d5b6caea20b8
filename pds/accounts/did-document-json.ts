// A DID document as answers carry it: JSON with absolute ids and controllers, as clients parse it.

import type { DidDocument } from '../../atproto/did-document.ts'

const CONTEXT = ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'] as const

export const didDocumentJson = (document: DidDocument): object => ({
  '@context': CONTEXT,
  id: document.id,
  alsoKnownAs: document.alsoKnownAs,
  verificationMethod: document.verificationMethod.map(({ id, type, publicKeyMultibase }) => ({
    id: `${document.id}${id}`,
    type,
    controller: document.id,
    ...(publicKeyMultibase === null ? {} : { publicKeyMultibase }),
  })),
  service: document.service,
})

/** The document of this server's own DID: where its PDS is. */
export const serverDocumentJson = (did: string, url: string): object => ({
  '@context': CONTEXT.slice(0, 1),
  id: did,
  service: [{ id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: url }],
})

/** did:web of a server's address: https://pds.example → did:web:pds.example; a port is kept, percent-encoded. */
export const didOfServer = (url: string): string => `did:web:${encodeURIComponent(new URL(url).host)}`
