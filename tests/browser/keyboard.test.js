// The desk by Tab, Enter and Space alone. Every stop is seen: its focus is visible, and nothing covers it (WCAG 2.2, 2.1.1, 2.1.2, 2.4.7, 2.4.11).

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LOCALES, NARROW, Officer, WIDE, browser } from './officer.js';
import { nav } from './pages.js';
import { bsn, password } from './printed.js';
import { toItsEnd } from './states.js';

let chrome;
before(async () => { chrome = await browser(); });
after(() => chrome.close());

const MOST_STOPS = 150;

/** Where the focus is, and what is wrong with how it is shown. */
function stop() {
  const element = document.activeElement;
  if (!element || element === document.body) return { name: '', faults: [] };
  const light = (colour) => {
    const [red, green, blue] = colour.match(/[\d.]+/g).slice(0, 3).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
  const own = getComputedStyle(document.body).backgroundColor;
  const canvas = matchMedia('(prefers-color-scheme: dark)').matches ? 'rgb(18, 18, 18)' : 'rgb(255, 255, 255)';
  const ground = own === 'rgba(0, 0, 0, 0)' ? canvas : own;
  const [dark, bright] = [light(outlineColor), light(ground)].sort((a, b) => a - b);
  const faults = [];
  if (outlineStyle === 'none' || parseFloat(outlineWidth) < 1) faults.push('its focus is not visible');
  else if ((bright + 0.05) / (dark + 0.05) < 3) faults.push(`its focus is hardly visible: ${outlineColor} on ${ground}`);
  // A link may go on on the next line: its beginning is looked at.
  const [box] = element.getClientRects();
  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  if (right <= left || bottom <= top) faults.push('it is not on the screen');
  else {
    const shown = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    if (shown && !element.contains(shown) && !shown.contains(element)) faults.push(`it is covered by <${shown.tagName}>`);
  }
  return { name: `<${element.tagName.toLowerCase()}> ${(element.innerText || element.id || element.value || '').trim().slice(0, 40)}`, faults };
}

/** Presses Tab until the focus is on what the selector names. */
async function tabTo(officer, selector) {
  const { page } = officer;
  for (let stops = 0; stops < MOST_STOPS; stops += 1) {
    await page.keyboard.press('Tab');
    const { name, faults } = await page.evaluate(stop);
    assert.deepEqual(faults, [], `${name} on ${page.url()}`);
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
  }
  assert.fail(`${selector} is not reached by Tab on ${page.url()}`);
}

async function press(officer, selector, key = 'Enter') {
  await tabTo(officer, selector);
  await Promise.all([officer.page.waitForEvent('load'), officer.page.keyboard.press(key)]);
  await officer.look();
}

for (const language of Object.keys(LOCALES)) {
  for (const [viewport, colorScheme] of [[WIDE, 'light'], [NARROW, 'dark']]) {
    test(`signing in, searching, opening, replaying and signing out, ${language}, ${viewport.width} wide, ${colorScheme}`, async () => {
      const officer = await Officer.arrive(chrome, language, { viewport, colorScheme });
      const { page } = officer;
      await officer.go('/');
      await press(officer, 'main a[href*="/sign-in/accare"]');
      await tabTo(officer, 'input[type=password]');
      await page.keyboard.type(password);
      await press(officer, 'button', 'Space');

      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.activeElement.matches('.utrecht-skip-link')), 'the skip link comes first');
      assert.deepEqual((await page.evaluate(stop)).faults, []);
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.querySelector('main').contains(document.activeElement)), 'the skip link skips');

      await page.reload();
      await press(officer, 'nav a[href="/clients"]');
      await tabTo(officer, '#bsn');
      await page.keyboard.type(bsn('testjongere-een'));
      await press(officer, 'main form button');
      await press(officer, 'main ol a[href^="/entries/"]');

      await press(officer, 'nav a[href="/entries"]');
      await tabTo(officer, '#purpose');
      await page.keyboard.type(await page.locator('#purpose option[value=housing]').innerText());
      await press(officer, 'form[action="/entries"] button');
      await press(officer, 'table tbody th a');
      await press(officer, 'form[action$="/replay"] button', 'Space');
      assert.equal(officer.status, 200);
      await press(officer, 'form[action="/sign-out"] button');
      assert.match(page.url(), /\/signed-out/);
      await officer.leave();
    });
  }
}

for (const language of Object.keys(LOCALES)) {
  for (const [viewport, colorScheme] of [[WIDE, 'light'], [NARROW, 'dark']]) {
    test(`drawing a sample and judging an entry of it, ${language}, ${viewport.width} wide, ${colorScheme}`, async () => {
      const officer = await Officer.arrive(chrome, language, { viewport, colorScheme });
      const { page } = officer;
      await officer.signIn();
      await press(officer, 'nav a[href="/reports/new/sample"]');
      await press(officer, 'main form button');
      for (let times = 0; times < 40 && (await page.locator('main [role=status]').count()) > 0; times += 1) {
        await page.waitForTimeout(250);
        await press(officer, 'main a[href^="/reports/"]');
      }
      await press(officer, 'main table a[href*="?report="]');
      // The choice that is not made is one stop; the arrows go from one to the next.
      await tabTo(officer, 'input[name=verdict]');
      await page.keyboard.press('Space');
      assert.equal(await page.locator('input[name=verdict]:checked').inputValue(), 'in_order');
      await page.keyboard.press('ArrowDown');
      assert.equal(await page.locator('input[name=verdict]:checked').inputValue(), 'not_in_order');
      await tabTo(officer, '#follow_up');
      await page.keyboard.type(await page.locator('#follow_up option[value=correction]').innerText());
      await tabTo(officer, '#note');
      await page.keyboard.type('verslag-12');
      await press(officer, 'form[action$="/verdict"] button', 'Space');
      assert.equal(officer.status, 200);
      assert.match(page.url(), /[?&]done=\d+/);
      await press(officer, 'main [role=status] a');
      assert.match(page.url(), /\/entries\/\d+$/);
      assert.match(await page.locator('main').innerText(), /verslag-12/);
      await officer.leave();
    });
  }
}

test('what is folded unfolds by Space, and the focus never stays anywhere', async () => {
  const officer = await Officer.arrive(chrome, 'nl');
  const { page } = officer;
  await officer.signIn();
  await tabTo(officer, 'summary');
  await page.keyboard.press('Space');
  assert.ok(await page.evaluate(() => document.activeElement.parentElement.open));
  await tabTo(officer, 'footer a');
  await officer.leave();
});

for (const language of Object.keys(LOCALES)) {
  test(`who fills something in is told that the session ends, and goes on, ${language}`, async () => {
    const officer = await Officer.arrive(chrome, language, { viewport: NARROW });
    const { page, context } = officer;
    await officer.signIn();
    await officer.follow(nav('/clients'));
    const told = page.locator('.sluis-ending[role=alert]');
    assert.ok(!(await told.isVisible()), 'not yet');
    await tabTo(officer, '#handle');
    await page.keyboard.type('ingevuld');
    await toItsEnd(page);
    assert.ok(await told.isVisible());
    assert.match(await told.innerText(), /\d\d:\d\d/);

    // All round the page: what has the focus is never behind what is told.
    await tabTo(officer, '.utrecht-skip-link');
    await tabTo(officer, 'footer a');
    await tabTo(officer, '.sluis-ending a');
    const [tab] = await Promise.all([context.waitForEvent('page'), page.keyboard.press('Enter')]);
    await tab.waitForLoadState();
    assert.match(await tab.locator('main').innerText(), /\d\d:\d\d/);
    assert.ok(!(await tab.locator('.sluis-ending').isVisible()), 'it lasts again');
    await tab.close();
    assert.equal(await page.inputValue('#handle'), 'ingevuld', 'and nothing is lost');
    await officer.leave();
  });
}
