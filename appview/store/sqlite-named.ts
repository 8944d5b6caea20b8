// The file's handle for parts that are not folded: what they write and look up has numbers in place of DIDs (sqlite-dids.ts), what they read has DIDs
// again, and they need not know of it. So an erasure renames a person in the desk's papers and in its trail, which nobody may change, as well.

import type { Database, Statement } from '../../server/sqlite.ts'
import type { Dids } from './sqlite-dids.ts'

export const namedHandle = (db: Database, dids: Dids): Database =>
  new Proxy(db, {
    get: (target, name): unknown => {
      if (name === 'prepare') return (sql: string) => namedStatement(target.prepare(sql), dids)
      if (name === 'transaction') return (work: (...args: unknown[]) => unknown) => namedTransaction(target, dids, work)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

const namedStatement = (statement: Statement, dids: Dids): Statement => {
  const named: Statement = new Proxy(statement, {
    get: (target, name): unknown => {
      if (name === 'run') return (...args: unknown[]) => target.run(...args.map((one) => mapped(one, dids.write)))
      if (name === 'get') return (...args: unknown[]) => mapped(target.get(...args.map((one) => mapped(one, dids.seek))), dids.read)
      if (name === 'all')
        return (...args: unknown[]) => target.all(...args.map((one) => mapped(one, dids.seek))).map((row) => mapped(row, dids.read))
      if (name === 'pluck') return () => (target.pluck(), named)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return named
}

/** A number given in a transaction that does not happen stands for nothing. */
const namedTransaction = (db: Database, dids: Dids, work: (...args: unknown[]) => unknown) => {
  const transaction = db.transaction(work)
  const run = (...args: unknown[]): unknown => {
    try {
      return transaction.immediate(...args)
    } catch (error) {
      dids.forget()
      throw error
    }
  }
  return Object.assign(run, { immediate: run })
}

const mapped = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (Array.isArray(value)) return value.map((one) => mapped(one, change))
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, typeof one === 'string' ? change(one) : one]))
}
