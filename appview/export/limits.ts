// How much exporting may take. Pictures of pages cost most: they are made one after the other, apart from the answering thread, and kept.

/** Entries asked of the store at once while a journal is written. */
export const JOURNAL_PAGE = 500
/** PDFs that may wait for their turn; whoever comes then is asked to come again. */
export const MOST_WAITING_PDFS = 16
/** Finished PDFs that are kept, by what is in them. */
export const MOST_KEPT_PDFS = 64
export const MOST_KEPT_PDF_BYTES = 16 * 1024 * 1024
/** Memory of the thread that makes PDFs. */
export const PDF_THREAD_MEMORY_MB = 256
/** So long may one PDF take. */
export const PDF_TIMEOUT_MS = 30_000
export const RETRY_AFTER_SECONDS = 5
/** Characters without a place in CP932 that are named one by one. */
export const MOST_NAMED_CHARACTERS = 20
