// The migrations of pds.sqlite, in their order.

import { accountsSql } from './accounts.sql.ts'
import { oauthSql } from './oauth.sql.ts'
import { repoSql } from './repo.sql.ts'

export const schema = [accountsSql, repoSql, oauthSql]
