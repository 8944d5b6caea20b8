// The text of a file that somebody sends: UTF-8; UTF-16 where it begins with its mark, as spreadsheets write “Unicode text”; else what Japanese
// spreadsheets write, CP932. What is none of them keeps characters that stand for no character, which whoever reads the text refuses.

export type FileText = { readonly text: string; readonly encoding: 'utf-8' | 'utf-16le' | 'cp932' }

const UTF16_MARK = [0xff, 0xfe] as const

export const textOfFile = (bytes: Uint8Array): FileText => {
  if (UTF16_MARK.every((byte, index) => bytes[index] === byte))
    return { text: new TextDecoder('utf-16le').decode(bytes), encoding: 'utf-16le' }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' }
  } catch {
    return { text: new TextDecoder('shift_jis').decode(bytes), encoding: 'cp932' }
  }
}
