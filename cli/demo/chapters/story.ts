// The story: all chapters, by their days.

import type { StoryDay } from '../calendar.ts'
import type { Tell } from './chapter.ts'
import { close } from './close.ts'
import { disputes } from './disputes.ts'
import { erasure } from './erasure.ts'
import { household } from './household.ts'
import { move } from './move.ts'
import { stampSheet } from './stamp-sheet.ts'
import { yesterday } from './yesterday.ts'

/** What is told on a day, in the order of the chapters. */
export const tellStory = (): ((day: StoryDay) => readonly Tell[]) => {
  const chapters = [household(), move(), disputes(), stampSheet(), close(), erasure(), yesterday()]
  return (day) => chapters.flatMap((chapter) => chapter[day] ?? [])
}
