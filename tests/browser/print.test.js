// What is printed, as Chromium prints it: A4, the letter alone, whole, with the checkpoint that proves it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LOCALES, Officer, browser } from './officer.js';
import { pageNamed } from './pages.js';
import { BSNS } from './printed.js';
import { STATES } from './states.js';

let chrome, made;
before(async () => {
  chrome = await browser();
  made = mkdtempSync(join(tmpdir(), 'sluis-print-'));
});
after(async () => {
  rmSync(made, { recursive: true });
  await chrome.close();
});

const stateNamed = (name) => STATES.find((state) => state.name === name);

/** Points: 20 mm, and A4. */
const MARGIN = 20 / 25.4 * 72;
const A4 = { width: 595, height: 842 };

const bare = (text) => text.replace(/\s+/gu, '').normalize('NFKC');
const poppler = (program, ...words) => execFileSync(program, words, { encoding: 'utf8' });

/** Prints the page, and says what is on the paper. */
async function print(page, name) {
  const path = join(made, `${name}.pdf`);
  await page.pdf({ path, preferCSSPageSize: true, printBackground: false, tagged: true });
  const [, width, height] = poppler('pdfinfo', path).match(/Page size:\s+([\d.]+) x ([\d.]+)/).map(Number);
  const boxes = [...poppler('pdftotext', '-bbox', path, '-').matchAll(/<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"[^>]*>([^<]*)/g)];
  return { width, height, text: poppler('pdftotext', '-raw', path, '-'), words: boxes.map(([, from, to, word]) => ({ from: Number(from), to: Number(to), word })) };
}

/** What a sheet should have and should not have on it, read off the page as it would be printed. */
async function expected(page) {
  await page.emulateMedia({ media: 'print' });
  const read = () => {
    const shown = (element) => element.checkVisibility() && !element.closest('details:not([open]) > :not(summary)');
    const texts = (selector) => [...document.querySelectorAll(selector)];
    return {
      blocks: texts('main :is(p, li, h1, h2, h3, dt, dd, td, th, caption)').filter(shown).map((element) => element.innerText),
      facts: texts('main dd').filter(shown).map((element) => element.innerText),
      around: texts('header, body > nav, footer, .sluis-screen').flatMap((element) => element.textContent.split('\n')),
    };
  };
  return page.evaluate(read);
}

/** A4, and nothing in its margins. */
function fits(paper) {
  assert.ok(Math.abs(paper.width - A4.width) < 2 && Math.abs(paper.height - A4.height) < 2, `${paper.width} by ${paper.height}`);
  const over = paper.words.filter(({ from, to }) => from < MARGIN - 1 || to > paper.width - MARGIN + 1);
  assert.deepEqual(over, [], 'everything is within the margins');
}

for (const language of Object.keys(LOCALES)) {
  test(`on A4: an entry with the form of its verdict, ${language}`, async () => {
    const officer = await Officer.arrive(chrome, language);
    await officer.signIn();
    await stateNamed('an entry of a sample to be judged').open(officer);
    const asked = await officer.page.locator('form[action$="/verdict"] legend').innerText();
    const paper = await print(officer.page, `entry-${language}`);
    await officer.leave();
    fits(paper);
    assert.ok(bare(paper.text).includes(bare(asked)), 'the form is on paper');
  });

  for (const name of ['letter', 'monthly']) {
    test(`on A4, whole and alone: ${name}, ${language}`, async () => {
      const officer = await Officer.arrive(chrome, language);
      const { page } = officer;
      await officer.signIn();
      await pageNamed(name).open(officer);
      const { blocks, facts, around } = await expected(page);
      const paper = await print(page, `${name}-${language}`);
      await officer.leave();

      fits(paper);
      const text = bare(paper.text);
      assert.ok(blocks.length > 10);
      for (const block of blocks) assert.ok(text.includes(bare(block)), `not on paper: ${block}`);
      const isTold = (line) => blocks.some((block) => bare(block).includes(bare(line)));
      for (const line of around.filter((line) => line.trim().length > 9 && !isTold(line))) assert.ok(!text.includes(bare(line)), `on paper: ${line}`);
      assert.ok(BSNS.every((bsn) => !text.includes(bsn)));
      const [origin, size, root] = facts;
      assert.equal(origin, 'sluis.example/ledger');
      assert.match(size, /^\d+$/);
      assert.match(root, /^[\w+/]{43}=$/);
    });
  }
}
