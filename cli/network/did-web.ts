// The did:web of a server's public address: its host, with the port percent-encoded, as the DID method says.

export const didWebOfUrl = (url: string): string => `did:web:${encodeURIComponent(new URL(url).host)}`
