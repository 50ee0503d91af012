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

for (const language of Object.keys(LOCALES)) {
  test(`signed in, ${language}`, async (t) => {
    const officer = await Officer.arrive(chrome, language);
    for (const page of [...PAGES, ...STATES]) {
      await t.test(`${page.name}, ${language}`, async () => {
        await officer.signIn();
        await isRight(officer, page);
        assert.deepEqual(officer.sins, []);
      });
    }
    await officer.leave();
  });

  for (const page of OUTSIDE) {
    test(`${page.name}, before signing in, ${language}`, async () => {
      const officer = await Officer.arrive(chrome, language);
      await isRight(officer, page);
      await officer.leave();
    });
  }
}
