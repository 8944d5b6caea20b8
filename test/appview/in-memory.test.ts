// What a rebuild holds in memory, in however little room: documents come back as they were put last, what leaves has been given away, and what falls due
// comes in order.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { dueOrder } from '../../appview/journal/draft.ts'
import type { Doc, Due } from '../../appview/journal/model.ts'
import { createDocMemory } from '../../appview/store/doc-memory.ts'
import { createHeldDues } from '../../appview/store/held-dues.ts'

const IDS = Array.from({ length: 12 }, (_, nth) => `at://did:plc:${nth}/x/${nth}`)
const KINDS = ['event', 'record']
const ROOM = { values: 100, texts: 60 }

const step = fc.record({
  kind: fc.constantFrom(...KINDS),
  id: fc.constantFrom(...IDS),
  /** Absent: it is asked for; null: it is dropped. */
  text: fc.option(fc.option(fc.string({ maxLength: 60 }), { nil: null }), { nil: undefined }),
})

const docOf = (kind: string, text: string): Doc => (kind === 'event' ? { kind, action: text } : { kind: 'record', about: text })

test('a document comes back as it was put last, from memory or from where it was given away to', () => {
  let gone = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 100, maxLength: 300 }), (steps) => {
      const file = new Map<string, string>()
      const last = new Map<string, Doc>()
      const memory = createDocMemory(
        () => ROOM,
        ({ key, text }) => {
          gone += 1
          if (text === null) file.delete(key)
          else file.set(key, text)
        },
      )
      const read = (kind: string, id: string): Doc | null => {
        const known = memory.get(kind, id)
        if (known !== undefined) return known
        const text = file.get(`${kind}:${id}`)
        const doc: Doc | null = text === undefined ? null : JSON.parse(text)
        memory.keep(kind, id, doc, text)
        return doc
      }
      for (const { kind, id, text } of steps) {
        const key = `${kind}:${id}`
        assert.deepEqual(read(kind, id), last.get(key) ?? null)
        if (text === undefined) continue
        const doc = text === null ? null : docOf(kind, text)
        memory.change(kind, id, doc)
        if (doc === null) last.delete(key)
        else last.set(key, doc)
      }
      for (const { key, text } of memory.changed())
        if (text === null) file.delete(key)
        else file.set(key, text)
      const inFile = new Map([...file].map(([key, text]): [string, Doc] => [key, JSON.parse(text)]))
      assert.deepEqual(inFile, last)
    }),
    { seed: 20_260_405, numRuns: 300 },
  )
  assert.ok(gone > 1_000, `${gone} left`)
})

const due = fc.record({
  at: fc.constantFrom('2026-01-01', '2026-01-02', '2026-01-03', '2026-02-01'),
  kind: fc.constantFrom('claim-lapse' as const, 'residence' as const),
  uri: fc.constantFrom(...IDS),
})

test('what falls due comes in order, however it was added and taken back', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), due), { maxLength: 80 }), fc.integer({ min: 1, max: 20 }), (steps, limit) => {
      const held = createHeldDues()
      let all: Due[] = []
      for (const [isAdded, one] of steps) {
        all = all.filter((other) => dueOrder(other, one) !== 0)
        if (isAdded) all.push(one)
        if (isAdded) held.add(one)
        else held.remove(one)
      }
      const sorted = all.toSorted(dueOrder)
      assert.equal(held.next(), sorted[0]?.at ?? null)
      for (const instant of ['2025', '2026-01-02', '2027'])
        assert.deepEqual(held.through(instant, limit), sorted.filter(({ at }) => at <= instant).slice(0, limit))
      assert.deepEqual(held.all().toSorted(dueOrder), sorted)
    }),
    { seed: 20_260_406, numRuns: 300 },
  )
})
