// The words of statements that are not names of accounts: titles, headings and sums, in Japanese and English.

export type Words = { readonly ja: string; readonly en: string }

const words = (ja: string, en: string): Words => ({ ja, en })

export const TITLE = words('和の決算書（地方自治法の決算ではありません）', 'Statement of Wa (not an account under the Local Autonomy Act)')

export const W = {
  item: words('科目', 'Item'),
  category: words('分類', 'Category'),
  personActivities: words('和の損益計算書', 'Statement of Wa activities'),
  organisationActivities: words('団体の和の活動計算書', 'Statement of an organisation’s Wa activities'),
  cost: words('和の行政コスト計算書', 'Statement of Wa administrative cost'),
  scopeActivities: words('地域の和の活動計算書', 'Statement of the area’s Wa activities'),
  balanceSheet: words('和の貸借対照表', 'Balance sheet'),
  netAssetChanges: words('純資産変動計算書', 'Statement of net-asset changes'),
  byCategory: words('分類ごとの内訳', 'By category'),
  revenue: words('和の収益', 'Wa revenue'),
  expense: words('和の費用', 'Wa expense'),
  ordinary: words('経常差額', 'Ordinary balance'),
  prior: words('過年度修正', 'Prior-period adjustments'),
  net: words('当期差額', 'Net for the period'),
  accepted: words('受入', 'Received'),
  given: words('提供', 'Given'),
  costs: words('経常費用', 'Ordinary cost'),
  operatingCosts: words('業務費用', 'Operating cost'),
  incomes: words('経常収益', 'Ordinary income'),
  ordinaryCost: words('純経常行政コスト', 'Net ordinary administrative cost'),
  extraordinary: words('臨時（過年度）', 'Extraordinary (prior periods)'),
  netCost: words('純行政コスト', 'Net administrative cost'),
  assets: words('資産の部', 'Assets'),
  liabilities: words('負債の部', 'Liabilities'),
  netAssets: words('純資産', 'Net assets'),
  lent: words('地域への貸し時間', 'Time extended to the community'),
  owed: words('恩送り時間', 'Gratitude to pass on'),
  assetsTotal: words('資産合計', 'Total assets'),
  liabilitiesTotal: words('負債合計', 'Total liabilities'),
  bothTotal: words('負債及び純資産合計', 'Total liabilities and net assets'),
  openingNetAssets: words('前年度末純資産残高', 'Net assets at the beginning'),
  netCostDeducted: words('純行政コスト（△）', 'Net administrative cost (−)'),
  funding: words('財源', 'Funding'),
  change: words('本年度純資産変動額', 'Change in net assets'),
  closingNetAssets: words('本年度末純資産残高', 'Net assets at the end'),
  total: words('計', 'Total'),
  mergedOther: words('その他（少人数の分類を含む）', 'Other (with small groups)'),
} as const
