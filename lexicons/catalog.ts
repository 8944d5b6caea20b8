// All lexicon documents this house knows, loaded once from the JSON beside this file: com/** as published for atproto, org/** ours.
// Promise: every document's id says where it stands, so nothing is shadowed.

import { Lexicons } from '@atproto/lexicon'
import type { LexiconDoc } from '@atproto/lexicon'
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from './parse-document.ts'

const readDocuments = (root: string): LexiconDoc[] =>
  ['com', 'org']
    .filter((top) => existsSync(join(root, top)))
    .flatMap((top) =>
      readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((file) => `${top}/${file.replaceAll('\\', '/')}`),
    )
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => {
      const document = parseDocument(JSON.parse(readFileSync(join(root, file), 'utf8')))
      assert.equal(`${document.id.replaceAll('.', '/')}.json`, file, 'a lexicon stands where its id says')
      return document
    })

/** The catalog, ready to validate records, parameters and inputs. */
export const catalog: Lexicons = new Lexicons(readDocuments(import.meta.dirname))
