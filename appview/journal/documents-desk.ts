// The documents that come from the desk's private acts (bookkeeping.md 4.5, 5): who stands behind a pool line, households, deaths, imports, rulings and
// what follows from them, and what waits to be looked at. Nothing of them is public. Actions are named by their place in the log, leaf/op, which outlives
// their records.

/** `pool:<did>`: lines of pools that are this person’s, by the town’s private register, in the order of their entries. */
export type PoolDoc = { readonly kind: 'pool'; readonly mapped: readonly MappedReceiver[] }
export type MappedReceiver = {
  readonly action: string
  /** Index in the receivers of the action's recognition. */
  readonly index: number
  /** The code of the town whose pool it is taken from. */
  readonly town: string
  /** Or this town's, where the person belongs who told the other one in private. */
  readonly home?: string
  /** Known from this leaf on. */
  readonly leaf: number
  /** From this leaf on it is known that it was somebody else. */
  readonly until?: number
}

/** Whether a line was read as theirs at a leaf. */
export const isMappedAt = ({ leaf, until }: MappedReceiver, at: number): boolean => leaf <= at && (until === undefined || at < until)

/** `mapped:<action>/<index>`: the person behind it, so that nobody else is. */
export type MappedDoc = { readonly kind: 'mapped'; readonly did: string }

/** `household:<did>`: all who live together with this person, or care for one another by law; the same list stands under each of them. */
export type HouseholdDoc = { readonly kind: 'household'; readonly members: readonly string[] }

/** `import:<code>/<sha256>`: balances of an earlier scheme that wait for their opening; none once they are opened. Entries by their place. */
export type ImportDoc = {
  readonly kind: 'import'
  readonly entry: string
  readonly opening: string | null
  readonly rows: readonly ImportRow[]
}
export type ImportRow = {
  readonly holder: string
  readonly points: number
  readonly usableUntil: string | null
  readonly minutes: number
}

/** `flags:<scope>/<YYYY-MM-DD>`: what of that recording day somebody should look at. It changes no figure: only a ruling does. */
export type FlagsDoc = { readonly kind: 'flags'; readonly flags: readonly Flag[] }
export type Flag = {
  /** A flag of its own, or the code with which the row was refused. */
  readonly code: string
  /** leaf/op of the action it is about. */
  readonly action: string
  /** The row that gave rise to it, and whose it is. */
  readonly leaf: number
  readonly op: number
  readonly by: string
}

/** `ruling:<entry>`: a ruling that upheld a dispute, so that it can be appealed against, and that somebody's confirming can be suspended for it. */
export type RulingDoc = {
  readonly kind: 'ruling'
  /** leaf/op of the action. */
  readonly action: string
  readonly town: string
  readonly recordedAt: string
  /** Who gave the action or confirmed it in their own name. */
  readonly parties: readonly string[]
  /** Who decided it, as far as the entry says. */
  readonly approvals: readonly string[]
  /** The entry of an appeal that nobody has decided yet. */
  readonly appeal: string | null
  readonly state: 'upheld' | 'upheld-again' | 'restored'
  /** Whose confirming is or was suspended for it. */
  readonly suspended: readonly string[]
}

/** `suspensions:<did>`: when confirmations by this person do not count, in the order of their entries. */
export type SuspensionsDoc = { readonly kind: 'suspensions'; readonly suspensions: readonly Suspension[] }
export type Suspension = {
  /** Its entry, the code of the town that published it, and the ruling it rests on. */
  readonly uri: string
  readonly town: string
  readonly ruling: string
  /** From this leaf through this day, or up to the leaf that ended it before. */
  readonly leaf: number
  readonly until: string
  readonly endedLeaf: number | null
}

/** `outages:<code>`: days on which the municipality says people could not record or confirm, by its notices in the log; `until` inclusive. */
export type OutagesDoc = { readonly kind: 'outages'; readonly outages: readonly Outage[] }
/** `notice`: its leaf/op, which outlives its record. */
export type Outage = { readonly notice: string; readonly from: string; readonly until: string }
