// Where this app runs and whom it speaks to. As they stand, they fit a Waki network started with `npm start` on the same machine.

const env = process.env

export const settings = {
  port: Number(env['PORT'] ?? '4900'),
  /** The https address under which people reach this app; without it, it is an app in development on this machine. */
  publicUrl: env['PUBLIC_URL'],
  /** The municipality's appview: where acts are confirmed and counted. */
  appviewUrl: env['APPVIEW_URL'] ?? 'http://localhost:3900',
  /** Its five-digit code with check digit, as in 全国地方公共団体コード. */
  townCode: env['TOWN_CODE'] ?? '172014',
  /** The directory of did:plc identities. In the public network: https://plc.directory. */
  plcUrl: env['PLC_URL'] ?? 'http://localhost:3902',
  /** Any PDS: it is asked whose a handle is. */
  handleResolverUrl: env['HANDLE_RESOLVER_URL'] ?? 'http://localhost:3903',
} as const

/** The appview by the name under which PDSes pass requests on to it. */
export const appviewService = `did:web:${encodeURIComponent(new URL(settings.appviewUrl).host)}#waki_appview`
