// Every page and every state of it, in both languages, light and dark, wide and at 400 % zoom.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { faults } from './inspect.js';
import { LOCALES, Officer, browser } from './officer.js';
import { PAGES } from './pages.js';
import { OUTSIDE, STATES } from './states.js';

let chrome;
before(async () => { chrome = await browser(); });
after(() => chrome.close());

async function isRight(officer, { status = 200, open }) {
  await open(officer);
  assert.equal(officer.status, status);
  assert.deepEqual(await faults(officer.page), []);
}

for (const [name, tries] of [['signed in', signedIn], ['before signing in', outside]]) {
  test(name, { concurrency: true }, (t) => Promise.all(Object.keys(LOCALES).map((language) => t.test(`${name}, ${language}`, (t) => tries(t, language)))));
}

async function signedIn(t, language) {
  const officer = await Officer.arrive(chrome, language);
  for (const page of [...PAGES, ...STATES]) {
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
