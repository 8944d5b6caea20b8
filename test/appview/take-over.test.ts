// Several processes over one SQLite file, on one machine.

import { takeOver } from '../support/take-over.ts'

takeOver({ name: 'sqlite', where: async () => ({ apart: false }) })
