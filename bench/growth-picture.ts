// How the slowest hundredth of each kind of statement grows with the books, as a picture: a panel a kind, a line an engine, both scales logarithmic.

type Point = { readonly engine: string; readonly what: string; readonly postings: number; readonly p99Ms: number }

const PANEL = { width: 360, height: 240, left: 52, right: 12, top: 40, bottom: 40 }
const COLUMNS = 2
const TICKS_MS = [0.1, 1, 10, 100, 1_000]
const COLOURS = ['#0a5a8a', '#b0521a', '#3c7a2a']
const DASHES = ['', '6 4', '2 3']

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const rounded = (value: number): string => value.toFixed(1)

/** An SVG; `aimMs` is drawn as a line across. */
export const growthPicture = (points: readonly Point[], aimMs: number): string => {
  const kinds = [...new Set(points.map(({ what }) => what))]
  const engines = [...new Set(points.map(({ engine }) => engine))]
  const [width, height] = [PANEL.width * COLUMNS, PANEL.height * Math.ceil(kinds.length / COLUMNS) + 28]
  const panels = kinds.map((what, index) => {
    const at = `translate(${(index % COLUMNS) * PANEL.width} ${Math.floor(index / COLUMNS) * PANEL.height})`
    return `<g transform="${at}">${panelOf(
      what,
      points.filter((point) => point.what === what),
      engines,
      aimMs,
    )}</g>`
  })
  const key = engines.map((engine, nth) => {
    const x = 52 + nth * 160
    return `<line x1="${x}" x2="${x + 28}" y1="${height - 14}" y2="${height - 14}" ${strokeOf(nth)}/><text x="${x + 36}" y="${height - 10}">${escaped(engine)}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11" fill="#222">
<title>Statements as the books grow: p99 in milliseconds by postings</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${[...panels, ...key].join('\n')}
</svg>
`
}

const strokeOf = (nth: number): string =>
  `fill="none" stroke="${COLOURS[nth % COLOURS.length] ?? ''}" stroke-width="2" stroke-dasharray="${DASHES[nth % DASHES.length] ?? ''}"`

const panelOf = (what: string, points: readonly Point[], engines: readonly string[], aimMs: number): string => {
  const { width, height, left, right, top, bottom } = PANEL
  const levels = [...new Set(points.map(({ postings }) => postings))].toSorted((a, b) => a - b)
  const [least, most] = [Math.log10(levels[0] ?? 1), Math.log10(levels.at(-1) ?? 10)]
  const [low, high] = [Math.log10(TICKS_MS[0] ?? 1), Math.log10(TICKS_MS.at(-1) ?? 1)]
  const x = (postings: number): number => left + ((Math.log10(postings) - least) / Math.max(most - least, 1)) * (width - left - right)
  const y = (ms: number): number => {
    const share = (Math.log10(Math.max(ms, TICKS_MS[0] ?? 1)) - low) / (high - low)
    return height - bottom - Math.min(share, 1) * (height - top - bottom)
  }
  const grid = TICKS_MS.map(
    (ms) =>
      `<line x1="${left}" x2="${width - right}" y1="${rounded(y(ms))}" y2="${rounded(y(ms))}" stroke="#ddd"/><text x="${left - 6}" y="${rounded(y(ms) + 4)}" text-anchor="end">${ms} ms</text>`,
  )
  const axis = levels.map(
    (level) =>
      `<text x="${rounded(x(level))}" y="${height - bottom + 16}" text-anchor="${level === levels.at(-1) ? 'end' : 'middle'}">${level.toLocaleString('en')}</text>`,
  )
  const aim = `<line x1="${left}" x2="${width - right}" y1="${rounded(y(aimMs))}" y2="${rounded(y(aimMs))}" stroke="#c00" stroke-dasharray="3 3"/>`
  const lines = engines.map((engine, nth) => {
    const own = points.filter((point) => point.engine === engine).toSorted((a, b) => a.postings - b.postings)
    const path = own.map(({ postings, p99Ms }) => `${rounded(x(postings))},${rounded(y(p99Ms))}`).join(' ')
    const dots = own.map(
      ({ postings, p99Ms }) =>
        `<circle cx="${rounded(x(postings))}" cy="${rounded(y(p99Ms))}" r="3" fill="${COLOURS[nth % COLOURS.length] ?? ''}"/>`,
    )
    return `<polyline points="${path}" ${strokeOf(nth)}/>${dots.join('')}`
  })
  return `<text x="${left}" y="22" font-weight="bold">${escaped(what)}</text>${[...grid, ...axis, aim, ...lines].join('')}`
}
