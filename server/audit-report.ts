// What an auditor of a data folder tells: how much it checked, by kind, and each problem it found. No problems means everything checked is whole.

export type AuditProblem = {
  /** Which stored thing, such as `commit at://did:plc:…` or `leaf 17`. */
  readonly where: string
  readonly what: string
}

export type AuditReport = {
  readonly checked: Readonly<Record<string, number>>
  readonly problems: readonly AuditProblem[]
}
