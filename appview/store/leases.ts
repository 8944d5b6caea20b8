// The contract of a store's leases: which process does what only one may do. A lease says who should write; the epoch says who can.
// No clock of a store or of another machine is trusted: whoever waits sees by its own whether the beat still moves.

export type Lease = {
  readonly name: string
  /** The process that has it; null once it was given back. */
  readonly holder: string | null
  /** Grows with every change. */
  readonly beat: number
  /** What its holder has told last. */
  readonly told: string
}

export type Leases = {
  read(name: string): Promise<Lease | null>
  /** Takes the lease if it stands as it was seen (null: nobody ever had it). False where another was faster. */
  take(name: string, holder: string, seen: Lease | null): Promise<boolean>
  /** Moves the beat. False where the lease is another's by now. */
  renew(name: string, holder: string, told: string): Promise<boolean>
  /** Gives it back; what was told stays. Nothing happens where it is another's. */
  release(name: string, holder: string): Promise<void>
}
