// Figures of answered calls by method and status: how many, how long, how many bytes.

import type { Response } from 'express'
import type { Metrics } from './metrics.ts'

/** A function to be called as a request begins; it counts when the answer has gone or the caller has left (status 499). */
export const countAnswers = (metrics: Metrics): ((res: Response, nsid: string) => void) => {
  const seconds = metrics.histogram('xrpc_seconds', 'Time from request to answer', ['nsid', 'status'])
  const bytes = metrics.counter('xrpc_answer_bytes_total', 'Bytes of answers as announced', ['nsid'])
  return (res, nsid) => {
    const stop = seconds.startTimer()
    res.once('close', () => {
      stop({ nsid, status: res.writableFinished ? String(res.statusCode) : '499' })
      const length = Number(res.getHeader('content-length') ?? 0)
      if (length > 0) bytes.inc({ nsid }, length)
    })
  }
}
