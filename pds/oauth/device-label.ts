// What a browser's session is sealed under.

export const deviceLabel = (id: string): string => `browser session of ${id}`
