// What a test needs from outside the project. A test that misses it is skipped aloud; .ci/run installs everything and fails on any skip.

import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

const firstThatExists = (paths: readonly (string | undefined)[]): string | undefined =>
  paths.find((path) => path !== undefined && path !== '' && existsSync(path))

/** Folder of bluesky-social/atproto-interop-tests: ATPROTO_INTEROP_DIR, or a checkout beside the project. */
export const interopDir = firstThatExists([process.env['ATPROTO_INTEROP_DIR'], join(root, '..', 'shared', 'interop')])

/** A Chromium for page tests: CHROMIUM_PATH or Debian's. */
export const chromiumPath = firstThatExists([
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
])

/** An openssl, which makes the certificates of tests over https. */
export const opensslPath = firstThatExists([process.env['OPENSSL_PATH'], '/usr/bin/openssl', '/opt/homebrew/bin/openssl'])

/** Folder with the official PDS installed (`npm run peers`). */
export const referencePdsDir =
  firstThatExists([join(root, 'bench', 'peers', 'reference', 'node_modules', '@atproto', 'pds')]) &&
  join(root, 'bench', 'peers', 'reference')

/** A program by a setting of the environment, or on the PATH. */
const program = (setting: string, name: string): string | undefined =>
  firstThatExists([process.env[setting], ...(process.env['PATH'] ?? '').split(delimiter).map((dir) => join(dir, name))])

/** What opens our exports: Debian's hledger, beancount, poppler-utils and python3-openpyxl; and python3-yaml, which reads the compose file. */
export const hledgerPath = program('HLEDGER_PATH', 'hledger')
export const beanCheckPath = program('BEAN_CHECK_PATH', 'bean-check')
export const beanQueryPath = program('BEAN_QUERY_PATH', 'bean-query')
export const pdfToTextPath = program('PDFTOTEXT_PATH', 'pdftotext')
export const pdfFontsPath = program('PDFFONTS_PATH', 'pdffonts')
/** Debian's own, for which its packages are. */
export const pythonPath = firstThatExists([process.env['PYTHON_PATH'], '/usr/bin/python3'])

/** Where `npm run mongod` puts what it has fetched. */
export const mongodCache = join(root, 'node_modules', '.cache', 'mongod', 'mongod')
/** A real mongod: MONGOD_PATH, on the PATH, or fetched. */
export const mongodPath = program('MONGOD_PATH', 'mongod') ?? firstThatExists([mongodCache])

/** The `skip` option of node:test: false when the need is met, else the sentence that is printed. */
export const skipUnless = (found: string | undefined, what: string): string | false =>
  found === undefined ? `SKIPPED: ${what} is not here` : false
