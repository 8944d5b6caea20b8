// A notice as it is told outside: to who reads it, and to the program it is delivered to.

import type { Notice } from '../store/notices.ts'

export const told = ({ place, kind, at, town, subject, detail }: Notice) => ({
  id: String(place),
  kind,
  at,
  ...(town === null ? {} : { town }),
  subject,
  detail,
})
