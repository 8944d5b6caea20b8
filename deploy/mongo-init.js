// Run once by mongosh: begins the replica set and makes the one user an appview needs. Run again it changes nothing.

const members = ['mongo1', 'mongo2', 'mongo3'].map((name, _id) => ({ _id, host: `${name}:27017` }))
try {
  rs.status()
} catch {
  rs.initiate({ _id: 'rs0', members, settings: { electionTimeoutMillis: 2000 } })
}
while (!db.hello().isWritablePrimary && !db.hello().primary) sleep(500)
if (db.hello().isWritablePrimary) {
  const { MONGO_ADMIN_PASSWORD, MONGO_WAKI_PASSWORD } = process.env
  const admin = db.getSiblingDB('admin')
  try {
    admin.createUser({ user: 'admin', pwd: MONGO_ADMIN_PASSWORD, roles: ['root'] })
  } catch {
    print('there is an administrator already')
  }
  admin.auth('admin', MONGO_ADMIN_PASSWORD)
  if (admin.getUser('waki') === null)
    admin.createUser({ user: 'waki', pwd: MONGO_WAKI_PASSWORD, roles: [{ role: 'readWrite', db: 'waki' }] })
}
