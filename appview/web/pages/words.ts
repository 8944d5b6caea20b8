// Words that several pages use, in both languages. Minutes in statements; hours and minutes for people.

import type { Words } from './lang.ts'

export const TITLE: Words = { ja: '和の決算書（地方自治法の決算ではありません）', en: 'Statement of Wa (not the statutory accounts)' }
export const BRAND: Words = { ja: '和記', en: 'Waki' }
export const MY_WA: Words = { ja: 'わたしの和', en: 'My Wa' }

export const categoryNames: Readonly<Record<string, Words>> = {
  health: { ja: '健康や医療サービス', en: 'Health and medical care' },
  elderly: { ja: '高齢者の支え', en: 'Support for older people' },
  disability: { ja: '障害のある人の支え', en: 'Support for people with disabilities' },
  children: { ja: '子供・子育て', en: 'Children and parenting' },
  culture: { ja: 'スポーツ・文化・芸術・学術', en: 'Sport, culture, arts, learning' },
  community: { ja: 'まちづくり', en: 'Community building' },
  safety: { ja: '安全な生活', en: 'Safety in daily life' },
  environment: { ja: '自然や環境', en: 'Nature and environment' },
  disaster: { ja: '災害に関する活動', en: 'Disaster relief' },
  international: { ja: '国際協力', en: 'International cooperation' },
  other: { ja: 'その他', en: 'Other' },
}

export const MERGED_OTHER: Words = { ja: 'その他（少人数の分類を含む）', en: 'Other (with small groups)' }

export const categoryName = (category: string): Words => categoryNames[category] ?? { ja: category, en: category }
