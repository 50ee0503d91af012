// What the desk can show: its templates, and the codes of what goes wrong, as its source says them.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const SOURCE = process.env.SLUIS_CONSOLE;
const files = (folder, ending) => readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(ending));

/** Every template, but the frame that stands around each page. */
export function templates() {
  return files(join(SOURCE, 'templates'), '.html').filter((name) => name !== 'frame.html');
}

/** Codes that no browser brings about here: each is a page of problem.html, as all others are. Tried without a browser, in tests/it/console: */
const ELSEWHERE = new Set([
  // sign_in.rs: a provider that says otherwise than it should.
  'ROLES_SEVERAL',
  // samples.rs: a verdict on what one asked for oneself, and forms that were altered.
  'OWN_REQUEST', 'FOLLOW_UP_UNKNOWN', 'SEED_MALFORMED',
  // pages.rs: an organisation that may not use the BSN.
  'BSN_NOT_ALLOWED',
  // files.rs: others that export meanwhile, and more than the operator lets a file hold.
  'EXPORTS_BUSY', 'EXPORT_TOO_LARGE',
  // covenant.rs: a covenant that retention let go of.
  'COVENANT_NOT_KEPT',
  // reports.rs: a verdict on a release on another ground, for which there is no form.
  'NOT_AN_EMERGENCY',
]);
/** Capitals that are no code of a page. */
const OTHERS = new Set(['SIGNED_IN', 'CARGO_MANIFEST_DIR', 'DENY', 'DELAU', 'NORDSCLCD', 'OVERDUE', 'AAAA']);

/** Every code of a page that says what went wrong. */
export function codes() {
  const said = new Set(['ROLE_MAY_NOT', 'AUTHENTICATION_LEVEL_TOO_LOW', 'PROVIDER_UNREACHABLE']);
  for (const name of files(SOURCE, '.rs')) {
    const [source] = readFileSync(join(SOURCE, name), 'utf8').split('#[cfg(test)]');
    for (const [, code] of source.matchAll(/"([A-Z][A-Z_]{3,})"/g)) said.add(code);
  }
  return [...said].filter((code) => !ELSEWHERE.has(code) && !OTHERS.has(code)).sort();
}
