// Who asks one to confirm: a card for each act that names one, with its two answers.

import { MOST_OF_ONE_GIVER } from '../../queries/actions.ts'
import { href, say, type Lang, type Words } from './lang.ts'
import { html, type Html } from './markup.ts'
import { dayText } from './parts/date.ts'
import { duration } from './parts/figure.ts'
import { categoryName } from './words.ts'

export type Ask = {
  readonly uri: string
  readonly cid: string
  readonly performedOn: string
  readonly category: string
  readonly minutes: number
  readonly giver: string
  /** Asked as the body that received the help, not as the person. */
  readonly isHost: boolean
}

/** Those a page shows, and how many there are. */
export type Asks = { readonly open: readonly Ask[]; readonly total: number }

const askedAsPerson = (giver: string): Words => ({
  ja: `${giver} さんが「あなたのために」と記録しました。`,
  en: `${giver} recorded this as done for you.`,
})
const askedAsHost = (giver: string): Words => ({
  ja: `${giver} さんが、あなたの団体のもとで行ったと記録しました。`,
  en: `${giver} recorded this as done with your body.`,
})

const askCard = (lang: Lang, ask: Ask, i: number): Html =>
  html`<li class="ask">
    <div>
      <p class="what" id="ask${i}">
        <span class="nb">${dayText(lang, ask.performedOn)}</span> <span class="nb">${say(lang, categoryName(ask.category))}</span>
        <span class="nb">${duration(lang, ask.minutes)}</span>
      </p>
      <p class="soft">
        ${say(lang, ask.isHost ? askedAsHost(ask.giver) : askedAsPerson(ask.giver))}
      </p>
    </div>
    <form action="${href(lang, '/me/asks')}" method="post" class="row" aria-labelledby="ask${i}">
      <input type="hidden" name="uri" value="${ask.uri}" /><input type="hidden" name="cid" value="${ask.cid}" /><button
        class="btn"
        name="verdict"
        value="confirmed"
      >
        ${say(lang, ask.isHost ? { ja: '行われたと確かめる', en: 'It was done' } : { ja: 'していただいた', en: 'I received this' })}</button
      ><button class="btn text" name="verdict" value="rejected">
        ${say(lang, { ja: '心当たりがない', en: 'I don’t recognise this' })}
      </button>
      ${
        !ask.isHost &&
        html`<label class="tick"
          ><input type="checkbox" name="public" value="yes" />${say(lang, { ja: '自分の公開の記録としても残す', en: 'Keep it as a public record of mine' })}</label
        >`
      }
    </form>
  </li>`

/** The part of one's page that lists them. */
export const askList = (lang: Lang, { open, total }: Asks): Html => {
  const none = html`<p class="read">
    ${say(lang, { ja: '確認のお願いはありません。どなたかが「あなたのために」と記録すると、ここに届きます。', en: 'Nobody asks you to confirm anything. When somebody records an act for you, it arrives here.' })}
  </p>`
  const warning = html`<p class="read">
    ${say(lang, { ja: 'あなたが答えたことは公開されません。市町が「確かめられた」とだけ公開します。団体としての答えは、団体の公開の記録になります。', en: 'That it was you who answered does not become public: the municipality publishes only that it was confirmed. A body’s answer is a public record of the body.' })}
  </p>`
  const more = total - open.length
  const rest = html`<p class="soft">
    ${say(lang, { ja: `ほかに${more}件あります。お一人から${MOST_OF_ONE_GIVER}件までをここに並べ、答えると次が出ます。`, en: `${more} more. Here stand up to ${MOST_OF_ONE_GIVER} from one person; as you answer, the next appear.` })}
  </p>`
  return html`<section class="block" id="asks" aria-labelledby="b2">
    <h2 id="b2">${say(lang, { ja: `確認のお願い（${total}件）`, en: `Asked to confirm (${total})` })}</h2>
    <p>
      <a href="${href(lang, '/c')}">${say(lang, { ja: '番号を見せてもらったとき', en: 'If you were shown a code' })}</a>
    </p>
    ${
      open.length === 0
        ? none
        : html`${warning}
            <ul class="asks">
              ${open.map((ask, i) => askCard(lang, ask, i))}
            </ul>
            ${more > 0 && rest}`
    }
  </section>`
}
