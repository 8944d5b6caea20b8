// What of a closed year is published now, told beside figures that are those of the books: a restatement by other rates changes no entry, so that yen in
// the books are those of the first version.

import { closedYear } from '../../close/closings.ts'
import type { PagesDeps } from './deps.ts'
import { fiscalYearText } from './parts/date.ts'
import type { NoteView } from './statement.ts'

/** Null while the year is not closed. */
export const standingNote = async (
  { books, roster }: Pick<PagesDeps, 'books' | 'roster'>,
  code: string,
  fiscalYear: number,
): Promise<NoteView | null> => {
  const newest = (await closedYear(books, roster(), code, fiscalYear))?.versions.at(-1)
  if (newest === undefined) return null
  const { version, revaluedBy } = newest
  const yen =
    revaluedBy === null
      ? { ja: '', en: '' }
      : {
          ja: `第${version}版は、参考円をあとから改めた単価で計算しています。ここにある参考円は記帳したときの単価によるもので、公表されているものとは違います。`,
          en: ` Version ${version} values yen by rates set later; yen here are by those of the entries, and are not what is published.`,
        }
  return {
    title: { ja: '公表されている版', en: 'What is published' },
    text: {
      ja: `${fiscalYearText('ja', fiscalYear)}は締め切られ、第${version}版が公表されています。これは、いまの帳簿の数字です。${yen.ja}`,
      en: `${fiscalYearText('en', fiscalYear)} is closed, and version ${version} published. These are the figures of the books.${yen.en}`,
    },
  }
}
