// What `sluis demo` printed: where the desk is, and the password of its accounts. The tests know no more of it than a newcomer reads.

import { readFileSync, readdirSync } from 'node:fs';

const printed = readFileSync(process.env.SLUIS_PRINTED, 'utf8');

function read(pattern, what) {
  const found = printed.match(pattern);
  if (!found) throw new Error(`the demonstration printed no ${what}`);
  return found[1];
}

/** Everything that the demonstration made. */
export const folder = process.env.SLUIS_DEMO;
export const desk = read(/privacy officer's desk:\s+(https:\S+)/, 'address of the desk');
export const password = read(/password is for every account:\s+(\S+)/, 'password');

/** The test BSN of a client, from the file that the demonstration names: `testjongere-een`. */
export const bsn = (name) => readFileSync(`${folder}/clients/${name}.bsn`, 'utf8').trim();

/** Every test BSN: none may be seen. */
export const BSNS = readdirSync(`${folder}/clients`).map((name) => bsn(name.replace('.bsn', '')));

/** What the covenant says in Dutch alone (roles, legal bases, sources), and what it calls fields and purposes in Dutch where its English is other words. */
export const covenant = readDutch();

function readDutch() {
  const file = (name) => readFileSync(`${folder}/covenant/${name}`, 'utf8');
  const all = (text, pattern) => [...text.matchAll(pattern)].map(([, ...found]) => found);
  const rules = readdirSync(`${folder}/covenant`).filter((name) => name.endsWith('.cedar')).map(file).join('\n');
  const alone = [...all(file('parties.toml'), /\b(?:label|basis) = "([^"]+)"/g), ...all(rules, /@source\("([^"]+)"\)/g)].flat();
  const labels = all(file('catalogue.toml') + file('purposes.toml'), /^label = \{ nl = "([^"]+)", en = "([^"]+)" \}/gm);
  const english = new Set(labels.map(([, en]) => en));
  return { alone: [...new Set(alone)], labels: labels.map(([nl]) => nl).filter((nl) => !english.has(nl)) };
}

/** Where officers sign in: the one other place that a browser may go. */
export const provider = new URL(readFileSync(`${folder}/gateway/sluis.toml`, 'utf8').match(/^issuer = "(https:[^"]*\/accare)"$/m)[1]).origin;
