// 全国地方公共団体コード: six digits as a string, the last a check digit (weights 6, 5, 4, 3, 2 over the first five, modulo 11).

const WEIGHTS = [6, 5, 4, 3, 2]
const PREFECTURES = 47
const CODE = /^\d{6}$/

/** Whether the text is a code with a true check digit and a prefecture from 01 to 47. */
export const isMunicipalityCode = (text: string): boolean => {
  if (!CODE.test(text)) return false
  const prefecture = Number(text.slice(0, 2))
  return prefecture >= 1 && prefecture <= PREFECTURES && checkDigit(text) === Number(text[5])
}

/** The check digit of a code's first five digits. */
export const checkDigit = (digits: string): number => {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(digits[index]), 0)
  return (11 - (sum % 11)) % 10
}
