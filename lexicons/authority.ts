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
  getConsolidation: `${AUTHORITY}.getConsolidation`,
  traceWrite: `${AUTHORITY}.traceWrite`,
  getExport: `${AUTHORITY}.getExport`,
  exportIntake: `${AUTHORITY}.exportIntake`,
  confirm: `${AUTHORITY}.confirm`,
} as const

/** Methods of a municipality's desk. */
export const deskMethod = {
  close: `${AUTHORITY}.desk.close`,
  restate: `${AUTHORITY}.desk.restate`,
  listRoles: `${AUTHORITY}.desk.listRoles`,
  getRoles: `${AUTHORITY}.desk.getRoles`,
  addRole: `${AUTHORITY}.desk.addRole`,
  removeRole: `${AUTHORITY}.desk.removeRole`,
  importRegister: `${AUTHORITY}.desk.importRegister`,
  listRegister: `${AUTHORITY}.desk.listRegister`,
  admit: `${AUTHORITY}.desk.admit`,
  endAdmission: `${AUTHORITY}.desk.endAdmission`,
  registerHostBody: `${AUTHORITY}.desk.registerHostBody`,
  endHostBody: `${AUTHORITY}.desk.endHostBody`,
  saveSheet: `${AUTHORITY}.desk.saveSheet`,
  getSheet: `${AUTHORITY}.desk.getSheet`,
  listDrafts: `${AUTHORITY}.desk.listDrafts`,
  propose: `${AUTHORITY}.desk.propose`,
  approve: `${AUTHORITY}.desk.approve`,
  withdraw: `${AUTHORITY}.desk.withdraw`,
  listDisputes: `${AUTHORITY}.desk.listDisputes`,
  openDispute: `${AUTHORITY}.desk.openDispute`,
  proposeRuling: `${AUTHORITY}.desk.proposeRuling`,
  previewPolicy: `${AUTHORITY}.desk.previewPolicy`,
  publishPolicy: `${AUTHORITY}.desk.publishPolicy`,
  previewRates: `${AUTHORITY}.desk.previewRates`,
  publishRates: `${AUTHORITY}.desk.publishRates`,
  proposeOpening: `${AUTHORITY}.desk.proposeOpening`,
  mapReceiver: `${AUTHORITY}.desk.mapReceiver`,
  publishHousehold: `${AUTHORITY}.desk.publishHousehold`,
  recordDeath: `${AUTHORITY}.desk.recordDeath`,
  publishNotice: `${AUTHORITY}.desk.publishNotice`,
  listFlags: `${AUTHORITY}.desk.listFlags`,
  dismissFlag: `${AUTHORITY}.desk.dismissFlag`,
  listTrail: `${AUTHORITY}.desk.listTrail`,
  listEntries: `${AUTHORITY}.desk.listEntries`,
} as const
