// The door to the data model: its values and their two forms, DRISL-CBOR, which is hashed and signed, and JSON, which is shown.

export { isDataMap, parseDataMap } from './data.ts'
export type { Data, DataMap } from './data.ts'
export { encodeData } from './cbor-encode.ts'
export { decodeData } from './cbor-decode.ts'
export { dataToJson, jsonToData } from './data-json.ts'
export type { Json } from './data-json.ts'
export { InvalidData } from './invalid-data.ts'
