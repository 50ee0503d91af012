// Every page and every state of it, in both languages, light and dark, wide and at 400 % zoom.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { EMERGENCIES } from './emergencies.js';
import { faults, seen } from './inspect.js';
import { LOCALES, Officer, browser } from './officer.js';
import { PAGES } from './pages.js';
import { REPORTS } from './reports.js';
import { OUTSIDE, STATES } from './states.js';
import { Strained } from './strained.js';
import { codes, templates } from './templates.js';
import { WRONG } from './wrong.js';

let chrome;
before(async () => { chrome = await browser(); });
after(() => chrome.close());

async function isRight(officer, { status = 200, open, views }) {
  await open(officer);
  assert.equal(officer.status, status);
  assert.deepEqual(await faults(officer.page, views?.[officer.language] ?? views), []);
}

for (const [name, tries] of [['signed in', signedIn], ['before signing in', outside]]) {
  test(name, { concurrency: true }, (t) => Promise.all(Object.keys(LOCALES).map((language) => t.test(`${name}, ${language}`, (t) => tries(t, language)))));
}

async function signedIn(t, language) {
  const officer = await Officer.arrive(chrome, language);
  for (const page of [...PAGES, ...REPORTS, ...STATES, ...EMERGENCIES, ...WRONG]) {
    await t.test(`${page.name}, ${language}`, async () => {
      await officer.signIn();
      await isRight(officer, page);
      assert.deepEqual(officer.sins, []);
    });
  }
  await officer.leave();
}

async function outside(t, language) {
  for (const page of OUTSIDE) {
    await t.test(`${page.name}, ${language}`, async () => {
      const officer = await Officer.arrive(chrome, language);
      await isRight(officer, page);
      await officer.leave();
    });
  }
}

test('what a gateway says that has too much to do', async (t) => {
  const strained = await Strained.start();
  try {
    for (const state of Strained.STATES) {
      for (const language of Object.keys(LOCALES)) {
        await t.test(`${state.name}, ${language}`, () => strained.visit(language, (officer) => isRight(officer, { ...state, open: (officer) => state.open(officer, strained) })));
      }
    }
  } finally {
    await strained.stop();
  }
});

test('there is no template that was not looked at, and no answer', () => {
  assert.deepEqual(templates().filter((name) => !seen.templates.has(name)), [], 'a template is not tried, or does not say its name in data-template');
  assert.deepEqual(codes().filter((code) => !seen.codes.has(code)), [], 'a code of what went wrong is not tried');
});
