// A set of statements to export: a town of some hundred acts, published with small groups merged, with a worksheet and notes.

import { canonicalHash } from '../../appview/statements/canonical-json.ts'
import type { StatementSet } from '../../appview/export/statement-set.ts'
import { CODE, planFor, publicationsOf, type Group, type Town } from '../statements/small-towns.ts'

const group = (category: string, month: string, to: Group['to'], first: number, count: number, minutes: number): Group => ({
  category,
  month,
  to,
  first,
  count,
  minutes,
})

const TOWN: Town = {
  rates: 1828,
  priorRate: 1828,
  groups: [
    group('community', '2026-05', 'public', 0, 26, 1200),
    group('environment', '2026-06', 'public', 5, 23, 1215),
    group('safety', '2026-07', 'public', 0, 15, 1240),
    group('elderly', '2026-08', 'unnamed', 0, 25, 1500),
    group('children', '2026-09', 'unnamed', 10, 21, 415),
    group('culture', '2026-10', 'unnamed', 3, 12, 1350),
    group('health', '2026-11', 'public', 3, 3, 300),
    { ...group('community', '2026-12', 'public', 2, 9, 150), prior: true },
  ],
}

const year = publicationsOf(TOWN, planFor(TOWN)).filter(({ month }) => month === null)
const partOf = (whose: 'area' | 'municipality') =>
  year.filter((one) => one.whose === whose).map(({ statement }) => ({ statement, hash: canonicalHash(statement) }))

const words = (ja: string, en = ja) => ({ ja, en })

export const sampleSet: StatementSet = {
  code: CODE,
  town: words('金沢市', 'Kanazawa'),
  who: words('金沢市', 'Kanazawa'),
  periodName: words('令和8年度（2026年4月1日〜2027年3月31日）', 'fiscal year 2026'),
  period: { fiscalYear: 2026, from: '2026-04-01', through: '2027-03-31' },
  state: words('第1版・公表済み', 'Version 1, published'),
  knownAt: { origin: 'demo/test', leaf: 12_904, instant: '2027-05-31T15:00:00.000Z' },
  isSample: true,
  parts: [...partOf('municipality'), ...partOf('area')],
  yen: true,
  worksheets: [
    {
      unit: 'MIN',
      title: words('精算表（地域全体）', 'Worksheet (whole area)'),
      tail: words(
        '相殺消去した 98,265 分が「域内の支え合い」です。残りは、ほかの市町との間の支え合いです。',
        'What was eliminated stayed within the area.',
      ),
      rows: [
        { name: words('和の提供', 'Given'), style: 'h', simple: 100_665, eliminated: -98_265, net: 2_400 },
        {
          name: words('和の享受（人）', 'Received by people'),
          style: 'l1',
          account: 5110,
          simple: 62_415,
          eliminated: -60_615,
          net: 1_800,
        },
        {
          name: words('住民協働受入（公共）', 'Received by the public'),
          style: 'l1',
          account: 5130,
          simple: 37_650,
          eliminated: -37_650,
          net: 0,
        },
        { name: words('提供と享受の差', 'Difference'), style: 'end', simple: 600, eliminated: 0, net: 600 },
      ],
    },
  ],
  notes: [
    { title: words('方針'), text: words('時間だけを記録し、和貨は交付しません。確認の段階は1以上。確認の期限は90日。') },
    { title: words('単価表'), text: words('1時間 1,828円。個人の賃金は使いません。'), source: '内閣府 2016年の推計' },
    {
      title: words('いつまでの記録か'),
      text: words('令和9年6月1日0時までに記録簿に入ったもの。それより後の確認は、翌年度の「過年度」に入ります。'),
    },
    { title: words('未確認の提供'), text: words('2,145分。この決算書には含めていません。') },
    { title: words('法的な性質'), text: words('分と参考円は、法的な債権・債務ではありません。') },
  ],
  proof: {
    url: 'https://waki.example/m/172014/2026',
    uri: 'at://did:plc:kanazawaaaaaaaaaaaaaaaaa/org.waki.statement/3mkanazawa2026',
  },
}
