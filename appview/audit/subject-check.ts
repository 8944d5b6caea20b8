// What decides how a row is folded and stands beside its record, where no proof speaks of it: why a record could not be read may stand only where the record
// is gone; another name for what it speaks of only where that record has been withdrawn, and is the one the row's own record names by its CID; and that
// an erasure took its content only where it names an account that rows show to be erased.

import { fieldsOf, textOf } from '../journal/fields.ts'
import type { IntakeRow, Json } from '../journal/model.ts'
import { isErased } from '../journal/erasure.ts'
import { isWithdrawn, subjectOf } from '../journal/residue.ts'
import { nsid } from '../../lexicons/authority.ts'
import type { Found } from './found.ts'

type Named = { readonly where: string; readonly name: string; readonly uri: string | null; readonly cid: string | null }

export class SubjectCheck {
  readonly #found: Found
  readonly #isOfAll: boolean
  /** CIDs of the versions of each withdrawn record, by its name. */
  readonly #withdrawn = new Map<string, Set<string>>()
  readonly #named: Named[] = []
  readonly #erased = new Set<string>()
  /** Rows of others that an erasure has touched, and the erased accounts they name. */
  readonly #released: { readonly where: string; readonly names: readonly string[] }[] = []

  /** `isOfAll`: what everybody may have, which tells of nobody who was erased, and no CID of what was withdrawn. */
  constructor(found: Found, isOfAll = false) {
    this.#found = found
    this.#isOfAll = isOfAll
  }

  /** `row` with what its entry stands for, where that is known. */
  row(row: IntakeRow): void {
    const where = `leaf ${row.leaf} op ${row.op}`
    const { residue, subject } = row
    if (residue === undefined && row.refusal !== undefined)
      this.#found.say(where, 'it says why its record cannot be read, and the record is there')
    if (isErased(row.repo)) this.#erased.add(row.repo)
    else if (residue === 'erased' && !this.#isOfAll)
      this.#released.push({ where, names: erasedNamesIn([row.value, row.payload ?? null, subject ?? null, row.named ?? null]) })
    if (isWithdrawn(row.uri)) {
      const versions = this.#withdrawn.get(row.uri) ?? new Set()
      this.#withdrawn.set(row.uri, row.cid === null ? versions : versions.add(row.cid))
    }
    if (subject === undefined) return
    const spoken = fieldsOf(row.collection === nsid.entry ? row.payload : row.value)
    // What the books are not folded from may be called anything.
    if (spoken === undefined) return
    if (row.collection !== nsid.confirmation && row.collection !== nsid.entry)
      return this.#found.say(where, 'it is said to speak of a record, and is no word about one')
    const cid = textOf(fieldsOf(spoken['subject'])?.['cid']) ?? textOf(spoken['cid']) ?? null
    this.#named.push({ where, name: subject, uri: residue === undefined ? (subjectOf(row) ?? null) : null, cid })
  }

  /** After the last row: what is spoken of may come later than the word. */
  end(): void {
    for (const { where, name, uri, cid } of this.#named) {
      const versions = this.#withdrawn.get(name)
      const isOfThat =
        versions !== undefined && (cid === null || this.#isOfAll || versions.has(cid)) && (uri === null || isNameOf(name, uri))
      if (!isOfThat) this.#found.say(where, 'it is said to speak of another record than it names')
    }
    for (const { where, names } of this.#released)
      if (!names.some((name) => this.#erased.has(name)))
        this.#found.say(where, 'it is said to have lost its content with an erased account, and names none')
  }
}

const erasedNamesIn = (values: readonly Json[]): readonly string[] => [...new Set(JSON.stringify(values).match(/did:erased:\d+/g) ?? [])]

/** A name keeps account and collection, unless the account is erased. */
const isNameOf = (name: string, uri: string): boolean => {
  const [, , repo = '', collection] = name.split('/')
  const [, , spokenRepo, spokenCollection] = uri.split('/')
  return collection === spokenCollection && (repo === spokenRepo || isErased(repo))
}
