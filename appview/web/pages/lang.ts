// The two languages of the pages. Every sentence stands beside its twin; addresses carry `?lang=en`, and links keep it.

export type Lang = 'ja' | 'en'
export type Words = { readonly ja: string; readonly en: string }

export const say = (lang: Lang, words: Words): string => words[lang]

/** An address of this site in the reader's language. */
export const href = (lang: Lang, path: string): string => {
  if (lang === 'ja') return path
  const [address = '', fragment] = path.split('#')
  return `${address}${address.includes('?') ? '&' : '?'}lang=en${fragment === undefined ? '' : `#${fragment}`}`
}

export const parseLang = (value: unknown): Lang => (value === 'en' ? 'en' : 'ja')
