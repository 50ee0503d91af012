// The pictures of docs/officer.md: one of every page, in both languages. `tests/browser/run --write` takes them; otherwise a page
// without its picture fails, and so does a picture without its page.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LOCALES, Officer, WIDE, browser } from './officer.js';
import { PAGES } from './pages.js';
import { OUTSIDE } from './states.js';

const FOLDER = process.env.SLUIS_PICTURES;
const WRITES = process.env.SLUIS_WRITE_PICTURES === 'yes';
/** A page that is longer is shown down to here, in CSS pixels. */
const TALLEST = 1_500;
const LARGEST = 200 * 1024;
const DARK = ['overview', 'entry'];

const outside = OUTSIDE.filter(({ name }) => ['sign-in', 'signed-out'].includes(name));
const pictures = [...outside, ...PAGES].flatMap(({ name }) => (DARK.includes(name) ? [name, `${name}-dark`] : [name]));

let chrome;
before(async () => { chrome = WRITES ? await browser() : undefined; });
after(() => chrome?.close());

async function take(officer, name, colorScheme) {
  const { page, language } = officer;
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const clip = { x: 0, y: 0, width: WIDE.width, height: Math.min(Math.max(height, 400), TALLEST) };
  const picture = await page.screenshot({ fullPage: true, clip, caret: 'hide' });
  mkdirSync(join(FOLDER, language), { recursive: true });
  writeFileSync(join(FOLDER, language, `${name}.png`), picture);
}

for (const language of Object.keys(LOCALES)) {
  if (WRITES) {
    test(`every page is taken, ${language}`, async () => {
      for (const { name, open } of outside) {
        const officer = await Officer.arrive(chrome, language);
        await open(officer);
        await take(officer, name, 'light');
        await officer.leave();
      }
      const officer = await Officer.arrive(chrome, language);
      await officer.signIn();
      for (const { name, open } of PAGES) {
        await open(officer);
        await take(officer, name, 'light');
        if (DARK.includes(name)) await take(officer, `${name}-dark`, 'dark');
        await officer.page.emulateMedia({ colorScheme: 'light' });
      }
      await officer.leave();
    });
  }

  if (WRITES) continue;
  test(`every page has its picture, and every picture its page, ${language}`, () => {
    const found = readdirSync(join(FOLDER, language));
    assert.deepEqual(found.sort(), pictures.map((name) => `${name}.png`).sort());
    for (const name of found) assert.ok(statSync(join(FOLDER, language, name)).size <= LARGEST, `${name} is too large`);
  });
}
