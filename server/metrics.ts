// Figures of one running server for Prometheus: one registry per server, so that several servers can live in one test process.
// Names begin `waki_`; labels come from closed sets only (method names, status codes, refusal codes), never from callers.

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

export interface Metrics {
  /** The text Prometheus reads. */
  text(): Promise<string>
  readonly contentType: string
  counter(name: string, help: string, labels?: readonly string[]): Counter
  gauge(name: string, help: string, labels?: readonly string[]): Gauge
  histogram(name: string, help: string, labels?: readonly string[], buckets?: readonly number[]): Histogram
}

const EVENT_LOOP_PRECISION_MS = 100
export const SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const

/** Asking twice for one name gives the same figure. `processFigures` adds memory, CPU and event-loop lag. */
export const createMetrics = (server: string, processFigures = false): Metrics => {
  const registry = new Registry()
  registry.setDefaultLabels({ server })
  if (processFigures) collectDefaultMetrics({ register: registry, prefix: 'waki_', eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS })
  const counters = new Map<string, Counter>()
  const gauges = new Map<string, Gauge>()
  const histograms = new Map<string, Histogram>()
  const shape = (name: string, help: string, labels: readonly string[]) => ({
    name: `waki_${name}`,
    help,
    labelNames: [...labels],
    registers: [registry],
  })
  return {
    text: () => registry.metrics(),
    contentType: registry.contentType,
    counter: (name, help, labels = []) => once(counters, name, () => new Counter(shape(name, help, labels))),
    gauge: (name, help, labels = []) => once(gauges, name, () => new Gauge(shape(name, help, labels))),
    histogram: (name, help, labels = [], buckets = SECONDS_BUCKETS) =>
      once(histograms, name, () => new Histogram({ ...shape(name, help, labels), buckets: [...buckets] })),
  }
}

const once = <T>(made: Map<string, T>, name: string, make: () => T): T => {
  const known = made.get(name)
  if (known !== undefined) return known
  const fresh = make()
  made.set(name, fresh)
  return fresh
}
