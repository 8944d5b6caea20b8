// The cookies of this site: which browser is signed in, and which one began to sign in. Scripts never see them, other sites' forms never send them.

export type Cookies = {
  /** The value to set; 0 seconds removes it. */
  readonly set: (name: string, value: string, seconds: number) => string
  readonly read: (header: string | undefined, name: string) => string | null
}

/** Over https their names begin with `__Host-`: browsers then take them from this host alone. */
export const cookiesFor = (url: string): Cookies => {
  const isSecure = url.startsWith('https:')
  const full = (name: string): string => (isSecure ? `__Host-${name}` : name)
  const rest = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  return {
    set: (name, value, seconds) => `${full(name)}=${value}; ${rest}; Max-Age=${seconds}`,
    read: (header, name) => {
      for (const part of (header ?? '').split(';')) {
        const [found, value] = part.trim().split('=')
        if (found === full(name) && value !== undefined && value !== '') return value
      }
      return null
    },
  }
}
