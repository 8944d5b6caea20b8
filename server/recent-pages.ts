// The newest pages of an event log in memory, bounded in bytes. A page is frozen once made: every follower that stands where it begins gets the
// same object, so what is derived from it (a socket's bytes) is made once for all.

export type LogEvent = {
  readonly seq: number
  readonly kind: string
  readonly did: string
  readonly timeMs: number
  /** The frame as sent; never to be changed. */
  readonly frame: Uint8Array
}

export type Page = readonly LogEvent[]

type Kept = { readonly events: Page; readonly first: number; readonly last: number; readonly bytes: number }

export class RecentPages {
  readonly #windowBytes: number
  readonly #limits: { readonly maxCount: number; readonly maxBytes: number }
  #pages: Kept[] = []
  #oldest = 0
  #bytes = 0
  /** Every event above this seq is in memory. */
  #floor: number

  constructor(windowBytes: number, limits: { maxCount: number; maxBytes: number }, floor: number) {
    this.#windowBytes = windowBytes
    this.#limits = limits
    this.#floor = floor
  }

  /** Adds events that follow those already here, cut into pages; drops the oldest pages above the window. */
  add(events: Page): void {
    let page: LogEvent[] = []
    let bytes = 0
    for (const event of events) {
      if (page.length > 0 && (page.length >= this.#limits.maxCount || bytes + event.frame.length > this.#limits.maxBytes)) {
        this.#keep(page, bytes)
        page = []
        bytes = 0
      }
      page.push(event)
      bytes += event.frame.length
    }
    this.#keep(page, bytes)
    this.#evict()
  }

  /** The page that holds the event right after this cursor, from there on; undefined when it is not, or not any more, in memory. */
  after(cursor: number): Page | undefined {
    if (cursor < this.#floor) return undefined
    let low = this.#oldest
    let high = this.#pages.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#pages[middle]?.last ?? 0) <= cursor) low = middle + 1
      else high = middle
    }
    const page = this.#pages[low]
    return page === undefined || page.first > cursor ? page?.events : page.events.filter((event) => event.seq > cursor)
  }

  #keep(events: Page, bytes: number): void {
    const first = events[0]
    const last = events.at(-1)
    if (first === undefined || last === undefined) return
    this.#pages.push({ events: Object.freeze(events), first: first.seq, last: last.seq, bytes })
    this.#bytes += bytes
  }

  #evict(): void {
    while (this.#bytes > this.#windowBytes && this.#oldest < this.#pages.length - 1) {
      const evicted = this.#pages[this.#oldest]
      this.#bytes -= evicted?.bytes ?? 0
      this.#floor = evicted?.last ?? this.#floor
      this.#oldest += 1
    }
    if (this.#oldest * 2 < this.#pages.length) return
    this.#pages = this.#pages.slice(this.#oldest)
    this.#oldest = 0
  }
}
