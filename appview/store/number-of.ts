// A number for a text, so that an index over it stays small. Two texts may share one: whoever looks up by it compares the text too.

import { hash } from 'node:crypto'

const NUMBER_BYTES = 6

export const numberOf = (text: string): number => hash('sha256', text, 'buffer').readUIntBE(0, NUMBER_BYTES)
