// What a stranger tries with an intake that anybody may take: in the trees of its proofs stand address and CID of records that it does not name, and what
// these were is guessed by making such records.

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { readCar } from '../../atproto/car.ts'
import { cidForCbor } from '../../atproto/cid.ts'
import { dataToJson, decodeData, encodeData, jsonToData } from '../../atproto/data-model.ts'
import { parseLine } from '../../appview/intake-export/format.ts'
import type { IntakeRow } from '../../appview/journal/model.ts'
import { isBlank } from '../../appview/store/proof-blanks.ts'
import { listIn, parseJson } from './asking.ts'
import type { Json } from './asking.ts'

export type Taken = {
  readonly rows: readonly IntakeRow[]
  /** By address the CID, as the trees have it, of records whose content no row tells. */
  readonly untold: ReadonlyMap<string, string>
}

export const takenFrom = (file: string): Taken => {
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
  const leaves = lines.map((line, index) => parseLine(line, index + 1)).filter((line) => 'leaf' in line)
  const rows = leaves.flatMap((leaf) => leaf.rows)
  const told = new Set(rows.flatMap(({ uri, cid, value }) => (cid === null || value === null ? [] : [`${uri} ${cid}`])))
  const untold = new Map<string, string>()
  for (const { proof } of leaves) {
    if (proof === null) continue
    for (const { bytes } of readCar(Buffer.from(proof.car, 'base64'), { maxBytes: 1e8, maxBlocks: 1e6 }).blocks)
      for (const [path, cid] of isBlank(bytes) ? [] : entriesOf(parseJson(dataToJson(decodeData(bytes))))) {
        const uri = `at://${proof.repo}/${path}`
        if (!told.has(`${uri} ${cid}`)) untold.set(uri, cid)
      }
  }
  return { rows, untold }
}

/** Of a node of a tree; of another block none. */
const entriesOf = (block: Json): readonly (readonly [path: string, cid: string])[] => {
  let path = ''
  return listIn(block, 'e').map(({ p, k, v }) => {
    path = path.slice(0, Number(p)) + Buffer.from(String(parseJson(k)['$bytes']), 'base64').toString()
    return [path, String(parseJson(v)['$link'])] as const
  })
}

export const cidOfRecord = (record: Json): string => cidForCbor(encodeData(jsonToData(record))).toString()
