// How the slowest hundredth of each kind of statement grows with the books, as a picture: a panel a kind, a line an engine, both scales logarithmic, the
// figure of the largest books beside its point.

type Point = { readonly engine: string; readonly what: string; readonly postings: number; readonly p99Ms: number }

const PANEL = { width: 380, height: 236, left: 56, right: 52, top: 48, bottom: 40 }
const HEAD = 56
const FOOT = 8
const COLUMNS = 2
const TICKS_MS = [0.1, 1, 10, 100, 1_000]
/** The scale goes up to the first tick from here on that holds all points. */
const LEAST_TOP_MS = 100
const COLOURS = ['#0a5a8a', '#b0521a', '#3c7a2a']
const DASHES = ['', '6 4', '2 3']
const AIM_COLOUR = '#a3201d'
const QUIET_COLOUR = '#555'
/** Signs in a line of a panel's title. */
const LINE_SIGNS = 52
const LINE_PX = 14
/** Figures beside points keep so far apart. */
const APART_PX = 12

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const rounded = (value: number): string => value.toFixed(1)
const colourOf = (nth: number): string => COLOURS[nth % COLOURS.length] ?? ''

const strokeOf = (nth: number): string =>
  `fill="none" stroke="${colourOf(nth)}" stroke-width="2" stroke-dasharray="${DASHES[nth % DASHES.length] ?? ''}"`

/** An SVG; `aimMs` is drawn as a line across. */
export const growthPicture = (points: readonly Point[], aimMs: number): string => {
  const kinds = [...new Set(points.map(({ what }) => what))].toSorted()
  const engines = [...new Set(points.map(({ engine }) => engine))]
  const ticks = TICKS_MS.slice(0, 1 + TICKS_MS.findIndex((tick) => tick >= Math.max(LEAST_TOP_MS, ...points.map(({ p99Ms }) => p99Ms))))
  const scale = { ticks: ticks.length === 0 ? TICKS_MS : ticks, aimMs, engines }
  const [width, height] = [PANEL.width * COLUMNS, HEAD + PANEL.height * Math.ceil(kinds.length / COLUMNS) + FOOT]
  const panels = kinds.map((what, index) => {
    const at = `translate(${(index % COLUMNS) * PANEL.width} ${HEAD + Math.floor(index / COLUMNS) * PANEL.height})`
    const own = points.filter((point) => point.what === what)
    return `<g transform="${at}">${panelOf(what, own, scale)}</g>`
  })
  const key = engines.map((engine, nth) => {
    const x = PANEL.left + nth * 120
    return `<line x1="${x}" x2="${x + 28}" y1="44" y2="44" ${strokeOf(nth)}/><text x="${x + 36}" y="48">${escaped(engine)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11" fill="#222">
<title>Statements as the books grow: p99 in milliseconds by postings</title>
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${PANEL.left}" y="24" font-size="15" font-weight="bold">Statements as the books grow: the slowest hundredth, by postings in the books</text>
${[...key, ...panels].join('\n')}
</svg>
`
}

type Scale = { readonly ticks: readonly number[]; readonly aimMs: number; readonly engines: readonly string[] }

const panelOf = (what: string, points: readonly Point[], { ticks, aimMs, engines }: Scale): string => {
  const { width, height, left, right, top, bottom } = PANEL
  const levels = [...new Set(points.map(({ postings }) => postings))].toSorted((a, b) => a - b)
  const [least, most] = [Math.log10(levels[0] ?? 1), Math.log10(levels.at(-1) ?? 10)]
  const [first = 1, last = 1] = [ticks[0], ticks.at(-1)]
  const x = (postings: number): number => left + ((Math.log10(postings) - least) / Math.max(most - least, 1)) * (width - left - right)
  const y = (ms: number): number => {
    const share = Math.log10(Math.max(ms, first) / first) / Math.log10(last / first)
    return height - bottom - Math.min(share, 1) * (height - top - bottom)
  }
  const across = (at: number, stroke: string): string =>
    `<line x1="${left}" x2="${width - right}" y1="${rounded(at)}" y2="${rounded(at)}" ${stroke}/>`
  const grid = ticks.map(
    (ms) =>
      `${across(y(ms), 'stroke="#ddd"')}<text x="${left - 8}" y="${rounded(y(ms) + 4)}" text-anchor="end" fill="${QUIET_COLOUR}">${ms.toLocaleString('en')} ms</text>`,
  )
  const axis = levels.map(
    (level) =>
      `<text x="${rounded(x(level))}" y="${height - bottom + 18}" text-anchor="middle" fill="${QUIET_COLOUR}">${level.toLocaleString('en')}</text>`,
  )
  const aim = across(y(aimMs), `stroke="${AIM_COLOUR}" stroke-dasharray="3 3"`)
  // Readable where a line runs through it.
  const named = `<text x="${left + 4}" y="${rounded(y(aimMs) - 4)}" fill="${AIM_COLOUR}" stroke="#fff" stroke-width="3" paint-order="stroke">aim: ${aimMs} ms</text>`
  const curves = engines.map((engine, nth) => {
    const own = points.filter((point) => point.engine === engine).toSorted((a, b) => a.postings - b.postings)
    const path = own.map(({ postings, p99Ms }) => `${rounded(x(postings))},${rounded(y(p99Ms))}`).join(' ')
    const dots = own.map(
      ({ postings, p99Ms }) => `<circle cx="${rounded(x(postings))}" cy="${rounded(y(p99Ms))}" r="3" fill="${colourOf(nth)}"/>`,
    )
    return `<polyline points="${path}" ${strokeOf(nth)}/>${dots.join('')}`
  })
  return [titleOf(what), ...grid, ...axis, aim, ...curves, named, figuresOf(points, engines, y)].join('')
}

/** Of the largest books, beside their points and never one over another. */
const figuresOf = (points: readonly Point[], engines: readonly string[], y: (ms: number) => number): string => {
  const most = Math.max(...points.map(({ postings }) => postings))
  let lowest = Infinity
  return points
    .filter(({ postings }) => postings === most)
    .toSorted((a, b) => a.p99Ms - b.p99Ms)
    .map(({ engine, p99Ms }) => {
      lowest = Math.min(y(p99Ms) + 4, lowest - APART_PX)
      const colour = colourOf(engines.indexOf(engine))
      return `<text x="${PANEL.width - PANEL.right + 8}" y="${rounded(lowest)}" fill="${colour}" font-weight="bold">${p99Ms.toPrecision(2)}</text>`
    })
    .join('')
}

const titleOf = (what: string): string => {
  const lines: string[] = []
  for (const word of what.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + word.length < LINE_SIGNS) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  const above = PANEL.top - 12 - (lines.length - 1) * LINE_PX
  return lines
    .map((line, nth) => `<text x="${PANEL.left}" y="${above + nth * LINE_PX}" font-weight="bold">${escaped(line)}</text>`)
    .join('')
}
