// A chapter: what happens on a day of the story, after everybody else has written. Earlier days may leave something for later ones.

import type { StoryDay } from '../calendar.ts'
import type { Stage } from '../stage.ts'

export type Tell = (stage: Stage) => Promise<void>
export type Chapter = Partial<Readonly<Record<StoryDay, Tell>>>

/** What an earlier day left. */
export const left = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new RangeError(`the story has no ${what} yet`)
  return value
}
