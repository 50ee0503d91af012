// How long the desk takes for each page, at the server: asked over a connection that stays open, by an officer who is signed in. Told as a table, of
// a small ledger and of a large one in turn (tests/browser/million starts both).

import { chromium } from 'playwright-core';
import { readFileSync, writeFileSync } from 'node:fs';
import { Officer } from './officer.js';
import { PAGES } from './pages.js';
import { desk } from './printed.js';

const TIMES = 31;
const [, , port, kept] = process.argv;
const served = `https://localhost:${port}`;

const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];

// The provider knows the desk by the demonstration's address.
const chrome = await chromium.launch({
  executablePath: process.env.SLUIS_CHROMIUM,
  args: [`--host-resolver-rules=MAP localhost:${new URL(desk).port} 127.0.0.1:${port}`, '--disable-quic', '--disable-background-networking'],
  chromiumSandbox: process.getuid() !== 0,
});
const officer = await Officer.arrive(chrome, 'nl');
officer.context.setDefaultTimeout(120_000);
await officer.signIn();
let all = [];
try { all = JSON.parse(readFileSync(kept, 'utf8')); } catch { /* the first of them */ }
// The same pages both times; where the story happened is far below the newest entries by then.
const paths = new Map(all[0]?.paths);
if (paths.size === 0) {
  for (const page of PAGES.filter((page) => page.name !== 'replay')) {
    await officer.go('/');
    await page.open(officer);
    paths.set(page.name, new URL(officer.page.url()).pathname + new URL(officer.page.url()).search);
  }
  // What is rare, what the store cannot look up, and what is of a day.
  paths.set('entries, a rare purpose', '/entries?purpose=return-home&outcome=released');
  paths.set('entries, a field', '/entries?field=housing.eviction-threat');
  paths.set('entries, a period', `/entries?from=${new Date(Date.now() + 12 * 86_400_000).toISOString().slice(0, 10)}&outcome=partial`);
}
const asked = new Map(paths);
// Whoever the newest entries are about: after a load, somebody with a thousand entries. In the story it is a child, whose letter is not the child's own.
const newest = await (await officer.context.request.get(`${served}/entries?kind=all-but-readings`)).text();
const client = newest.match(/href="(\/clients\/[\w-]{43})"/)?.[1];
if (client && all.length > 0) {
  asked.set('client, the newest', client);
  asked.set('letter, the newest', `${client}/letter`);
}
const measured = {};
for (const [name, path] of asked) {
  const times = [];
  for (let n = 0; n < TIMES; n += 1) {
    const began = performance.now();
    const answer = await officer.context.request.get(served + path, { maxRedirects: 0 });
    await answer.body();
    if (answer.status() !== 200) throw new Error(`${name}: ${answer.status()}`);
    times.push(performance.now() - began);
  }
  measured[name] = median(times);
}
await chrome.close();
const size = Number(readFileSync(process.env.SLUIS_SIZE, 'utf8'));
all.push({ size, measured, paths: [...paths] });
writeFileSync(kept, JSON.stringify(all));
console.log(`| page | ${all.map((one) => `ms at ${one.size} entries`).join(' | ')} |`);
console.log(`|---|${all.map(() => '---|').join('')}`);
for (const name of Object.keys(measured)) console.log(`| ${name} | ${all.map((one) => one.measured[name]?.toFixed(1) ?? '').join(' | ')} |`);
