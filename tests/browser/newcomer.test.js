// "Who saw what of this client?", answered by somebody who was given the printed address and account, and has read nothing.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Officer, browser } from './officer.js';
import { bsn, password } from './printed.js';

let chrome;
before(async () => { chrome = await browser(); });
after(() => chrome.close());

/** The words on the screen are all that a newcomer has. */
const WORDS = {
  nl: { signIn: /aanmelden/i, password: /wachtwoord/i, clients: 'Cliënten', bsn: /burgerservicenummer/i, search: 'Zoek', heading: 'Wie heeft wat gezien', first: /Gegevens gevraagd/, judged: /steekproef beoordeeld/, saw: /Gedeeld:.*Woonwens/, given: /Gemeente Assen[^]*Woonwens[^]*R01: toestemming/ },
  en: { signIn: /sign in/i, password: /password/i, clients: 'Clients', bsn: /citizen service number/i, search: 'Search', heading: 'Who saw what', first: /Asked for data/, judged: /Judged an entry of a sample/, saw: /Shared:.*wish/i, given: /Gemeente Assen[^]*wish[^]*R01: consent/i },
};

for (const [language, words] of Object.entries(WORDS)) {
  test(`a newcomer answers it, ${language}`, async () => {
    const officer = await Officer.arrive(chrome, language);
    const { page } = officer;
    await officer.go('');
    const act = async (locator) => {
      await Promise.all([page.waitForEvent('load'), locator.click()]);
      await officer.look();
    };
    await act(page.getByRole('link', { name: 'Accare' }));
    await page.getByLabel(words.password).fill(password);
    await act(page.getByRole('button', { name: words.signIn }));
    await act(page.getByRole('link', { name: words.clients, exact: true }));
    await page.getByLabel(words.bsn).fill(bsn('testjongere-een'));
    await act(page.getByRole('button', { name: words.search, exact: true }));
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), words.heading);
    const given = await page.locator('main table').first().locator('tbody tr').allInnerTexts();
    assert.match(given[0], words.given);
    assert.equal(given.length, 1, given.join('\n'));
    // However often officers looked: what was done with the data comes first, but for a verdict on it, which another test may have given meanwhile.
    const told = await page.locator('main ol li').allInnerTexts();
    assert.match(told.find((line) => !words.judged.test(line)), words.first);
    assert.ok(told.some((line) => line.includes('Gemeente Assen') && words.saw.test(line)), told.join('\n'));
    await officer.leave();
  });
}
