// A load generator beside bench/load/write.mjs: createRecord of org.waki.action, a record our lexicons know, so that validation is on in what is measured.
// About as many bytes as the post of write.mjs. `--validate true`: a server that does not know the lexicon would refuse.
//   node bench/write-actions.ts --url U --accounts A.json --conc 1,64 --repos 64 --secs 5 --reps 3 [--pid P]

import { nsid } from '../lexicons/authority.ts'
import { actionRecord } from './action-record.ts'
import { args, closedLoop, loadAccounts, median, sessions } from './load/lib.mjs'

const options = args({ conc: '1,64', repos: 64, ops: 1 })
const accounts = await sessions(options, loadAccounts(options).slice(0, Number(options['repos'])))

for (const conc of options.list('conc')) {
  const runs = []
  let next = 0
  for (let rep = 0; rep < options.reps; rep++)
    runs.push(
      await closedLoop({
        url: options.url,
        conc,
        secs: options.secs,
        warm: options.warm,
        pid: options.pid,
        task: async (connection) => {
          const account = accounts[next++ % accounts.length]
          if (account === undefined) throw new Error('no accounts')
          const json = { repo: account.did, collection: nsid.action, record: actionRecord(), validate: true }
          await connection.xrpc('POST', 'com.atproto.repo.createRecord', { token: account.accessJwt, json })
        },
      }),
    )
  console.log(
    JSON.stringify({
      test: 'createAction',
      repos: accounts.length,
      conc,
      perSec: median(runs.map((run) => run.perSec)),
      p50: median(runs.map((run) => run.p50)),
      p99: median(runs.map((run) => run.p99)),
      errors: runs.reduce((sum, run) => sum + run.errors, 0),
      firstErr: runs.find((run) => run.firstErr)?.firstErr,
      srvCpuPct: median(runs.map((run) => run.srvCpuPct)),
      rssMB: runs.at(-1)?.rssMB,
      wKBperOp: median(runs.map((run) => run.wKBperOp)),
    }),
  )
}
