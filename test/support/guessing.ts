// What a stranger tries with an intake that anybody may take: in the trees of its proofs stand address and CID of records that it does not name, and what
// these were is guessed by making such records.

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { readCar } from '../../atproto/car.ts'
import { cidForCbor } from '../../atproto/cid.ts'
import { dataToJson, decodeData, encodeData, jsonToData } from '../../atproto/data-model.ts'
import { isBlank } from '../../appview/store/proof-blanks.ts'
import { listIn, parseJson } from './asking.ts'
import type { Json } from './asking.ts'

export type Row = { readonly uri: string; readonly collection: string; readonly cid: string | null; readonly value: Json | null }

export type Taken = {
  readonly rows: readonly Row[]
  /** By address the CID, as the trees have it, of records whose content no row tells. */
  readonly untold: ReadonlyMap<string, string>
}

export const takenFrom = (file: string): Taken => {
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
  const leaves = lines.map((line) => parseJson(JSON.parse(line)))
  const rows = leaves.flatMap((leaf) => listIn(leaf, 'rows')).map(rowOf)
  const told = new Set(rows.flatMap(({ uri, cid, value }) => (cid === null || value === null ? [] : [`${uri} ${cid}`])))
  const untold = new Map<string, string>()
  for (const leaf of leaves) {
    const { car, repo } = parseJson(leaf['proof'])
    if (typeof car !== 'string') continue
    for (const { bytes } of readCar(Buffer.from(car, 'base64'), { maxBytes: 1e8, maxBlocks: 1e6 }).blocks)
      for (const [path, cid] of isBlank(bytes) ? [] : entriesOf(parseJson(dataToJson(decodeData(bytes))))) {
        const uri = `at://${String(repo)}/${path}`
        if (!told.has(`${uri} ${cid}`)) untold.set(uri, cid)
      }
  }
  return { rows, untold }
}

const rowOf = ({ uri, collection, cid, value }: Json): Row => ({
  uri: String(uri),
  collection: String(collection),
  cid: typeof cid === 'string' ? cid : null,
  value: value === null ? null : parseJson(value),
})

/** Of a node of a tree; of another block none. */
const entriesOf = (block: Json): readonly (readonly [path: string, cid: string])[] => {
  let path = ''
  return listIn(block, 'e').map(({ p, k, v }) => {
    path = path.slice(0, Number(p)) + Buffer.from(String(parseJson(k)['$bytes']), 'base64').toString()
    return [path, String(parseJson(v)['$link'])] as const
  })
}

export const cidOfRecord = (record: Json): string => cidForCbor(encodeData(jsonToData(record))).toString()
