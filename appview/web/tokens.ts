// `npm run tokens`: copies the lines of the Digital Agency's design tokens that our style sheet uses into static/tokens.css.
// The result is checked in, so that pages need no package at run time; a test holds it equal to the package.

import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const PACKAGE = '@digital-go-jp/design-tokens'
export const tokensFile = join(here, 'static', 'tokens.css')

const packageCss = (): string => readFileSync(join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), 'tokens.css'), 'utf8')

/** The names that a style sheet reads: `var(--name)`. */
const namesRead = (css: string): ReadonlySet<string> => new Set([...css.matchAll(/var\((--[\w-]+)\)/g)].map((match) => match[1] ?? ''))

/** The tokens our sheet uses, with the package's names and values, in the package's order. */
export const tokensCss = (): string => {
  const read = namesRead(readFileSync(join(here, 'static', 'waki.css'), 'utf8'))
  const lines = [...packageCss().matchAll(/^\s*(--[\w-]+):\s*([^;]+);/gm)].filter((match) => read.has(match[1] ?? ''))
  return `/* Tokens of the Digital Agency's design system (npm ${PACKAGE}, MIT), names and values as there. Made by npm run tokens. */\n:root {\n${lines.map((match) => `  ${match[1]}: ${match[2]};`).join('\n')}\n}\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(tokensFile, tokensCss())
