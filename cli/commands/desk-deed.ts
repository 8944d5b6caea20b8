// A deed of `waki desk`: the options it reads, and what it does and tells.

import type { Arguments } from '../command.ts'
import type { Desk } from '../network/desk-call.ts'

export type Deed = { readonly usage: string; readonly run: (desk: Desk, args: Arguments) => Promise<string> }
