// A certificate authority of the test's own, and what it certifies.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Certificate = { readonly ca: string; readonly cert: string; readonly key: string }

/** One authority and one certificate for all names or addresses, by the openssl of this machine. */
export const certify = (openssl: string, names: readonly string[]): Certificate => {
  const dir = mkdtempSync(join(tmpdir(), 'waki-ca-'))
  const at = (name: string) => join(dir, name)
  const run = (...args: string[]) => execFileSync(openssl, args, { cwd: dir, stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  try {
    run('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test CA', '-days', '2')
    run('req', ...newKey, '-keyout', 'key.pem', '-out', 'csr.pem', '-subj', '/CN=names of the test')
    writeFileSync(at('ext'), `subjectAltName=${names.map((name) => `${isIP(name) === 0 ? 'DNS' : 'IP'}:${name}`).join(',')}`)
    run(
      'x509',
      '-req',
      '-in',
      'csr.pem',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      'cert.pem',
      '-days',
      '2',
      '-extfile',
      'ext',
    )
    return { ca: readFileSync(at('ca.pem'), 'utf8'), cert: readFileSync(at('cert.pem'), 'utf8'), key: readFileSync(at('key.pem'), 'utf8') }
  } finally {
    rmSync(dir, { recursive: true })
  }
}
