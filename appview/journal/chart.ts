// The chart of accounts (bookkeeping.md 4.3), whole: also what only points use. No account is made from text or by anybody else.

export type AccountType = 'asset' | 'liability' | 'netAssets' | 'revenue' | 'expense' | 'memo'
export type AccountUnit = 'MIN' | 'JPY' | 'PT'
export type Account = {
  readonly code: number
  readonly ja: string
  readonly en: string
  readonly type: AccountType
  readonly units: readonly AccountUnit[]
}

const TIME: readonly AccountUnit[] = ['MIN', 'JPY']
const POINTS: readonly AccountUnit[] = ['PT']
const ALL: readonly AccountUnit[] = ['MIN', 'JPY', 'PT']
const MINUTES: readonly AccountUnit[] = ['MIN']

const account = (code: number, ja: string, en: string, type: AccountType, units: readonly AccountUnit[]): Account => ({
  code,
  ja,
  en,
  type,
  units,
})

export const chart: readonly Account[] = [
  account(1110, '和貨', 'Points held', 'asset', POINTS),
  account(1120, '基金保有和貨', 'Points held in municipal fund', 'asset', POINTS),
  account(1130, '送付中和貨', 'Points offered, not yet accepted (escrow)', 'asset', POINTS),
  account(1140, '係争中和貨', 'Points frozen by dispute', 'asset', POINTS),
  account(1210, '他団体未収和貨', 'Due from other municipalities', 'asset', POINTS),
  account(1230, '和貨返還請求権', 'Claw-back claims on holders', 'asset', POINTS),
  account(1240, '行動誓約請求権', 'Claims on pledged acts', 'asset', POINTS),
  account(1310, '和の時間清算（＋貸し／−恩）', 'Community time clearing (+extended / -owed in gratitude)', 'asset', TIME),
  account(2110, '発行和貨', 'Points outstanding', 'liability', POINTS),
  account(2130, '和貨返還義務', 'Points to be returned', 'liability', POINTS),
  account(2140, '未実施行動の債務', 'Pledged acts not yet performed', 'liability', POINTS),
  account(2210, '他団体未払和貨', 'Due to other municipalities', 'liability', POINTS),
  account(3110, '前期繰越純資産', 'Net assets brought forward', 'netAssets', ALL),
  account(3210, '開始残高', 'Opening balance (migration)', 'netAssets', ALL),
  account(3310, '転出入差額', 'Change of residence or merger (scope transfer)', 'netAssets', ALL),
  account(3320, '匿名化統合', 'Merge into anonymous pool', 'netAssets', ALL),
  account(3410, '財源（円決済）', 'Funding by yen settlement', 'netAssets', POINTS),
  account(3420, '住民拠出（財源）', 'Residents’ contribution', 'netAssets', TIME),
  account(4110, '和の提供', 'Contributions given', 'revenue', TIME),
  account(4190, '過年度和の提供', 'Prior-period contributions', 'revenue', TIME),
  account(4210, '和貨交付受入', 'Points granted', 'revenue', POINTS),
  account(4220, '和貨受贈', 'Points received from others', 'revenue', POINTS),
  account(4230, '寄附和貨受入', 'Points donated to municipality', 'revenue', POINTS),
  account(4240, '誓約履行益', 'Pledge fulfilled', 'revenue', POINTS),
  account(4320, '和貨利用受取', 'Points accepted for goods or services', 'revenue', POINTS),
  account(4340, '和貨失効益', 'Points lapsed (issuer)', 'revenue', POINTS),
  account(5110, '和の享受', 'Benefits received', 'expense', TIME),
  account(5120, '和貨交付', 'Points granted by municipality', 'expense', POINTS),
  account(5130, '住民協働受入', 'Resident services received for public benefit', 'expense', TIME),
  account(5190, '過年度和の享受', 'Prior-period benefits', 'expense', TIME),
  account(5210, '和貨贈与', 'Points given to others', 'expense', POINTS),
  account(5220, '和貨寄附', 'Points donated', 'expense', POINTS),
  account(5310, '和貨使用', 'Points redeemed', 'expense', POINTS),
  account(5410, '和貨失効', 'Points lapsed (holder)', 'expense', POINTS),
  account(5420, '徴収不能', 'Claw-back written off', 'expense', POINTS),
  account(9110, '未確認提供（対照）', 'Unconfirmed contributions (memo)', 'memo', MINUTES),
  account(9120, '未確認提供（見返）', 'Unconfirmed contributions (contra)', 'memo', MINUTES),
]

const byCode: ReadonlyMap<number, Account> = new Map(chart.map((entry) => [entry.code, entry]))

export const accountOf = (code: number): Account | undefined => byCode.get(code)

const KEPT: readonly (string | undefined)[] = ['asset', 'liability', 'memo']

/** The account on which a balance begins the next year: its own, or net assets brought forward. */
export const carriedTo = (code: number): number => (KEPT.includes(accountOf(code)?.type) ? code : BROUGHT_FORWARD)

export const CLEARING = 1310
export const BROUGHT_FORWARD = 3110
export const OPENING = 3210
export const SCOPE_TRANSFER = 3310
export const RESIDENTS_CONTRIBUTION = 3420
export const GIVEN = 4110
export const GIVEN_PRIOR = 4190
export const RECEIVED = 5110
export const RECEIVED_PUBLIC = 5130
export const RECEIVED_PRIOR = 5190
export const UNCONFIRMED = 9110
export const UNCONFIRMED_CONTRA = 9120
