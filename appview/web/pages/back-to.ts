// Where somebody goes on after signing in again: to the page they asked for, or to the one whose form they sent. What was ticked of an act that was being
// recorded comes along; its words do not, since they would stand in an address.

import type { Request } from 'express'
import { parseFields } from './form.ts'

const TICKED = ['category', 'minutes', 'otherMinutes', 'performedOn', 'municipality', 'hostBody', 'beneficiary']

export const backTo = (req: Request): string => {
  if (req.method === 'GET') return req.path
  if (req.path !== '/me/record') return '/me'
  const field = parseFields(req.body)
  const kept = new URLSearchParams(TICKED.map((name): [string, string] => [name, field(name)]).filter(([, value]) => value !== ''))
  return `/me/record?${kept.toString()}`
}
