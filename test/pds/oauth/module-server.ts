// Serves one page and the npm modules its script imports, as they lie in node_modules, so that a browser runs the official client unchanged.

import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const CONDITIONS = ['browser', 'import', 'module', 'default']
type Exports = string | { readonly [condition: string]: Exports }

const pick = (exports: Exports | undefined): string | undefined => {
  if (exports === undefined || typeof exports === 'string') return exports
  for (const condition of CONDITIONS) {
    const found = pick(exports[condition])
    if (found !== undefined) return found
  }
  return undefined
}

/** The file that `specifier` means in `from`, as a browser's bundler resolves it. */
const resolveModule = (specifier: string, from: string): string => {
  if (specifier.startsWith('.')) return resolve(dirname(from), specifier)
  const [first = '', second = '', ...rest] = specifier.split('/')
  const [name, sub] = first.startsWith('@') ? [`${first}/${second}`, rest] : [first, [second, ...rest].filter((part) => part !== '')]
  for (let folder = dirname(from); folder.startsWith(ROOT); folder = dirname(folder)) {
    const at = join(folder, 'node_modules', name)
    if (!existsSync(join(at, 'package.json'))) continue
    const manifest = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as { exports?: Exports; module?: string; main?: string }
    const { exports } = manifest
    const key = sub.length === 0 ? '.' : `./${sub.join('/')}`
    const target = typeof exports === 'object' ? (pick(exports[key]) ?? (key === '.' ? pick(exports) : undefined)) : exports
    return join(at, target ?? (sub.length > 0 ? sub.join('/') : (manifest.module ?? manifest.main ?? 'index.js')))
  }
  throw new Error(`${specifier} is not installed, for ${from}`)
}

const IMPORT = /(\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\2/g

const rewritten = (text: string, from: string): string =>
  // Polyfills of what every browser of the test has are common JS.
  text.replace(IMPORT, (_all, lead: string, quote: string, name: string) =>
    name.startsWith('core-js/')
      ? `${lead}${quote}data:text/javascript,${quote}`
      : `${lead}${quote}/module${resolveModule(name, from)}${quote}`,
  )

/** `script` is the module of the page at every other address. */
export const servePage = async (script: string): Promise<{ readonly url: string; close(): void }> => {
  const server = createServer((req, res) => {
    const { pathname } = new URL(req.url ?? '/', 'http://any')
    if (!pathname.startsWith('/module/')) {
      const page = `<!doctype html><html lang="en"><title>app</title><main id="out"></main><script type="module">${rewritten(script, join(ROOT, 'x'))}</script></html>`
      return void res.setHeader('content-type', 'text/html').end(page)
    }
    const file = pathname.slice('/module'.length)
    if (!file.startsWith(`${ROOT}/node_modules/`) || !existsSync(file)) return void res.writeHead(404).end()
    res.setHeader('content-type', 'text/javascript').end(rewritten(readFileSync(file, 'utf8'), file))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}
