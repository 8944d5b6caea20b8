// Whether a store does not answer for now, as while a majority of its nodes is lost: nothing is wrong with what was asked, and later it may be had.

const AWAY =
  /^Mongo(?:ServerSelection|Network|NetworkTimeout|WaitQueueTimeout|PoolCleared|PoolClearedOnNetwork|TopologyClosed|NotConnected)Error$/

export const isStoreAway = (error: unknown): boolean => error instanceof Error && AWAY.test(error.name)
