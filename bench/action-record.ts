// An org.waki.action as a resident writes it, about as many bytes as the post of load/lib.mjs.

import { randomBytes } from 'node:crypto'
import { nsid } from '../lexicons/authority.ts'

const NOTE =
  '近所の高齢の方のお宅で買い物と庭の手入れを手伝い、その後一緒にお茶を飲みながら来月の清掃の日取りを相談しました。道具は集会所に返しました。'
export const TOWN_CODE = '172014'

export const actionRecord = (now = new Date()): Readonly<Record<string, unknown>> => ({
  $type: nsid.action,
  category: 'elderly',
  minutes: 90,
  performedOn: now.toISOString().slice(0, 10),
  municipality: { scheme: 'jis-x-0402', code: TOWN_CODE },
  nonce: { $bytes: randomBytes(16).toString('base64').replaceAll('=', '') },
  langs: ['ja'],
  note: NOTE,
  createdAt: now.toISOString(),
})
