// A list brought in: from a file, or pasted.

import type { Words } from '../../lang.ts'

export const LIST_FILE: Words = { ja: 'ファイル', en: 'File' }
export const LIST_FILE_HELP: Words = {
  ja: 'CSV（UTF-8・Shift_JIS）か、タブ区切りのテキスト。選ぶと、下の欄よりこちらを読みます。',
  en: 'CSV (UTF-8 or Shift_JIS) or text with tabs. Where one is chosen, it is read and the field below is not.',
}
export const LIST_TEXT: Words = { ja: '表の内容', en: 'The table' }
export const LIST_FILES = '.csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain'
