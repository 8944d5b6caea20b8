// The one place that names the authority under which our records and methods live.
// Whoever runs a public network must own the domain it stands for.

export const AUTHORITY = 'org.waki'

export const nsid = {
  action: `${AUTHORITY}.action`,
  confirmation: `${AUTHORITY}.confirmation`,
  event: `${AUTHORITY}.event`,
  appreciation: `${AUTHORITY}.appreciation`,
  profile: `${AUTHORITY}.profile`,
  municipality: `${AUTHORITY}.municipality`,
  admission: `${AUTHORITY}.admission`,
  entry: `${AUTHORITY}.entry`,
  policy: `${AUTHORITY}.policy`,
  rateTable: `${AUTHORITY}.rateTable`,
  hostBody: `${AUTHORITY}.hostBody`,
  statement: `${AUTHORITY}.statement`,
  close: `${AUTHORITY}.close`,
  restatement: `${AUTHORITY}.restatement`,
  notice: `${AUTHORITY}.notice`,
  proposal: `${AUTHORITY}.proposal`,
} as const

/** Methods of an appview. */
export const method = {
  getStatement: `${AUTHORITY}.getStatement`,
  getTrialBalance: `${AUTHORITY}.getTrialBalance`,
  listJournal: `${AUTHORITY}.listJournal`,
  listActions: `${AUTHORITY}.listActions`,
  getAction: `${AUTHORITY}.getAction`,
  getMunicipality: `${AUTHORITY}.getMunicipality`,
  listMunicipalities: `${AUTHORITY}.listMunicipalities`,
  getPolicy: `${AUTHORITY}.getPolicy`,
  getClosing: `${AUTHORITY}.getClosing`,
  traceWrite: `${AUTHORITY}.traceWrite`,
  confirm: `${AUTHORITY}.confirm`,
} as const

/** Methods of a municipality's desk. */
export const deskMethod = {
  close: `${AUTHORITY}.desk.close`,
  restate: `${AUTHORITY}.desk.restate`,
} as const
