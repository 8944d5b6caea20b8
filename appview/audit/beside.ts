// What may lie beside an appview's folder and tell more than the folder itself: the log it followed, the directory its keys come from.
// The shapes are the auditor's own; whoever has the other servers' folders hands in what reads them.

export type LogBeside = {
  readonly origin: { readonly name: string; readonly key: string; readonly base: number; readonly created: string }
  /** How many leaves it has. */
  readonly length: number
  leaf(leaf: number): LoggedLeaf | undefined
  /** All leaves, in order. */
  leaves(): Iterable<LoggedLeaf>
}

/** A leaf; CIDs as text, times ISO UTC. `event` is null once the log has let go of what came with it. */
export type LoggedLeaf = {
  readonly leaf: number
  readonly recordedAt: string
  readonly kind: string
  readonly rev: string | null
  readonly commit: string | null
  readonly data: string | null
  /** Of an account: 'active', or why it is not. */
  readonly status: string | null
  readonly event: { readonly did: string; readonly ops: readonly LoggedOp[] } | null
  isOf(did: string): boolean
}

export type LoggedOp = { readonly action: string; readonly path: string; readonly cid: string | null }

/** Every operation of a DID: its CID, and the signing key it names. */
export type DirectoryBeside = { keysOf(did: string): readonly { readonly operationCid: string; readonly didKey: string | null }[] }

export type Beside = { readonly log?: LogBeside; readonly directory?: DirectoryBeside }
