// The kinds of voluntary activity of the Survey on Time Use and Leisure Activities (社会生活基本調査), in its order.

export const categories = [
  { code: 'health', ja: '健康や医療サービス', en: 'Health and medical care' },
  { code: 'elderly', ja: '高齢者', en: 'Elderly people' },
  { code: 'disability', ja: '障害者', en: 'People with disabilities' },
  { code: 'children', ja: '子供', en: 'Children' },
  { code: 'culture', ja: 'スポーツ・文化・芸術・学術', en: 'Sport, culture, arts and learning' },
  { code: 'community', ja: 'まちづくり', en: 'Community building' },
  { code: 'safety', ja: '安全な生活', en: 'Safe living' },
  { code: 'environment', ja: '自然や環境', en: 'Nature and environment' },
  { code: 'disaster', ja: '災害', en: 'Disaster relief' },
  { code: 'international', ja: '国際協力', en: 'International cooperation' },
  { code: 'other', ja: 'その他', en: 'Other' },
] as const

export type Category = (typeof categories)[number]['code']

const codes: ReadonlySet<string> = new Set(categories.map(({ code }) => code))
const sensitive: ReadonlySet<string> = new Set(['health', 'elderly', 'disability', 'children'])

export const isCategory = (text: string): boolean => codes.has(text)

/** Whether naming the receiver would reveal a sensitive fact about another person. */
export const isSensitive = (category: string): boolean => sensitive.has(category)
