// On SQLite, where an appview is one process and alone in its folder.

import { newRoster } from '../support/new-roster.ts'

newRoster({ name: 'sqlite', store: async () => null, following: ['ingest,web,jobs'] })
