// Markup as typed values: the `html` tag escapes every value that is not markup itself.

/** Markup that is safe to send. Made only by `html`. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Content = Html | string | number | readonly Content[] | false | null | undefined

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const render = (content: Content): string => {
  if (content instanceof Html) return content.text
  if (content === null || content === undefined || content === false) return ''
  if (typeof content === 'string' || typeof content === 'number')
    return String(content).replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign)
  return content.map(render).join('')
}

/** A template whose values are escaped; attributes are always written in double quotes. */
export const html = (parts: TemplateStringsArray, ...values: readonly Content[]): Html =>
  new Html(parts.map((part, i) => (i < values.length ? part + render(values[i]) : part)).join(''))
