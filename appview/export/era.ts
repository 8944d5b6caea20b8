// Dates and instants as Japanese offices write them: 令和8年4月1日, 令和9年6月1日 0時00分 (Asia/Tokyo).

const ZONE_MS = 9 * 3_600_000
const REIWA_OFFSET = 2018
const FIRST_YEAR = 1

/** A civil date YYYY-MM-DD of the era that began in 2019. */
export const eraDay = (date: string): string => {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number)
  const inEra = year - REIWA_OFFSET
  return `令和${inEra === FIRST_YEAR ? '元' : inEra}年${month}月${day}日`
}

export const eraInstant = (iso: string): string => {
  const [date = '', time = ''] = new Date(Date.parse(iso) + ZONE_MS).toISOString().split('T')
  const [hour = '0', minute = '00'] = time.split(':')
  return `${eraDay(date)} ${Number(hour)}時${minute}分`
}
