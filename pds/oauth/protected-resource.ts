// Where an app learns which authorization server speaks for this PDS: itself. RFC 9728.

export const protectedResourceJson = (url: string) => ({
  resource: url,
  authorization_servers: [url],
  scopes_supported: [],
  bearer_methods_supported: ['header'],
  resource_documentation: 'https://atproto.com/specs/oauth',
})
