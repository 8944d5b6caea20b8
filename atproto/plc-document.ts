// The DID document that one did:plc operation stands for, in the form its directory would serve.
// Reads names and keys only; whether the operation is valid is the directory's to say.
// https://web.plc.directory/spec/v0.1/did-plc

import { parseDidDocument } from './did-document.ts'
import type { DidDocument } from './did-document.ts'
import type { Did } from './did.ts'

/** `operation` as JSON: a plc_operation or the legacy create. Throws InvalidDidDocument, for a tombstone too. */
export function documentOfOperation(did: Did, operation: unknown): DidDocument {
  return parseDidDocument(documentJson(did, operation), did)
}

type Fields = { readonly [name: string]: unknown }

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {})

function documentJson(did: Did, operation: unknown): unknown {
  const fields = fieldsOf(operation)
  if (fields['type'] === 'create') {
    const { signingKey, handle, service } = fields
    return {
      id: did,
      alsoKnownAs: [`at://${String(handle)}`],
      verificationMethod: [methodOf(did, 'atproto', signingKey)],
      service: [{ id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: service }],
    }
  }
  if (fields['type'] !== 'plc_operation') return undefined
  return {
    id: did,
    alsoKnownAs: fields['alsoKnownAs'],
    verificationMethod: Object.entries(fieldsOf(fields['verificationMethods'])).map(([name, key]) => methodOf(did, name, key)),
    service: Object.entries(fieldsOf(fields['services'])).map(([name, service]) => serviceOf(name, fieldsOf(service))),
  }
}

function methodOf(did: Did, name: string, key: unknown): Fields {
  const multibase = typeof key === 'string' && key.startsWith('did:key:') ? key.slice('did:key:'.length) : undefined
  return { id: `${did}#${name}`, type: 'Multikey', controller: did, publicKeyMultibase: multibase }
}

function serviceOf(name: string, service: Fields): Fields {
  return { id: `#${name}`, type: service['type'], serviceEndpoint: service['endpoint'] }
}
