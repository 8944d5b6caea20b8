// How the provider's pages look here: our name and mark, colours of the Digital Agency's design system.

/** Two rings that hold one another. */
const MARK =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><style>circle{fill:none;stroke:#0017c1;stroke-width:3}@media (prefers-color-scheme:dark){circle{stroke:#9db7f9}}</style><circle cx="12" cy="16" r="9.5"/><circle cx="20" cy="16" r="9.5"/></svg>'

export const branding = {
  name: '和記 Waki',
  logo: `data:image/svg+xml;base64,${Buffer.from(MARK).toString('base64')}` as const,
  colors: {
    /** blue-900 */
    primary: '#0017c1',
    /** red-900 */
    error: '#ce0000',
    /** yellow-1100 */
    warning: '#6e5600',
    /** green-900 */
    success: '#115a36',
    /** light-blue-800 */
    info: '#0066be',
  },
}
