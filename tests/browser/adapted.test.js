// Pages as people set them: more room between letters, words and lines (WCAG 2.2, 1.4.12), text twice as large (1.4.4), the whole page twice as large (1.4.10),
// light and dark (1.4.11), and the colours that the reader's system dictates (forced colours). Nothing is cut off, nothing scrolls sideways, and what is a control is seen to be one.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { EMERGENCIES } from './emergencies.js';
import { NARROW, Officer, WIDE, browser } from './officer.js';
import { PAGES, question } from './pages.js';
import { STATES } from './states.js';

let chrome;
before(async () => { chrome = await browser(); });
after(() => chrome.close());

const SPACED = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }`;
const LARGE = ':root { font-size: 200% !important; }';

/** The page as it is set, and how. */
const SETTINGS = [
  { name: 'text spaced, wide', style: SPACED, viewport: WIDE },
  { name: 'text spaced, at 400 %', style: SPACED, viewport: NARROW },
  { name: 'text twice as large', style: LARGE, viewport: WIDE, twice: true },
  { name: 'everything twice as large', viewport: { width: WIDE.width / 2, height: WIDE.height / 2 } },
  { name: 'light', viewport: WIDE, media: { colorScheme: 'light' } },
  { name: 'dark', viewport: WIDE, media: { colorScheme: 'dark' } },
  { name: 'forced colours, light', viewport: WIDE, media: { forcedColors: 'active', colorScheme: 'light' } },
  { name: 'forced colours, dark', viewport: WIDE, media: { forcedColors: 'active', colorScheme: 'dark' } },
];

/** In the page itself. */
function cutOff() {
  const found = [];
  const name = (element) => `<${element.tagName.toLowerCase()}> ${(element.innerText || element.value || '').trim().slice(0, 40)}`;
  if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} wide`);
  for (const element of document.querySelectorAll('body *:not(svg, svg *)')) {
    const style = getComputedStyle(element);
    const isMeant = !element.checkVisibility() || style.clipPath !== 'none' || element.matches('.utrecht-skip-link, textarea, select, .sluis-scroll');
    const hides = [style.overflowX, style.overflowY].some((how) => how === 'hidden' || how === 'clip');
    if (!isMeant && hides && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1)) found.push(`cut off: ${name(element)}`);
  }
  // What is written on a control stays on it, and no line covers another.
  for (const control of document.querySelectorAll('button, summary, label, nav a')) {
    if (!control.checkVisibility()) continue;
    const box = control.getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(control);
    const text = range.getBoundingClientRect();
    if (text.width > 0 && (text.left < box.left - 1 || text.right > box.right + 1)) found.push(`runs out of ${name(control)}`);
  }
  for (const element of document.querySelectorAll('main p, main li, main dt, main dd')) {
    const { fontSize, lineHeight } = getComputedStyle(element);
    if (parseFloat(lineHeight) < parseFloat(fontSize)) found.push(`lines cover each other: ${name(element)}`);
  }
  return found;
}

/** In the page itself: the edge or the ground of a control differs from what is around it, 3 to 1 (1.4.11). */
function faintEdges() {
  const light = (colour) => {
    const [red, green, blue] = colour.match(/[\d.]+/g).slice(0, 3).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const isSolid = (colour) => !/rgba\(.*, 0\)/.test(colour);
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const ground = getComputedStyle(document.body).backgroundColor;
  const controls = [...document.querySelectorAll('button, input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea, rect.sluis-part')];
  return controls.filter((control) => control.checkVisibility()).flatMap((control) => {
    const { borderTopColor, backgroundColor, fill } = getComputedStyle(control);
    const colours = control.matches('rect') ? [fill] : [borderTopColor, backgroundColor].filter(isSolid);
    const best = Math.max(...colours.map((colour) => contrast(colour, ground)));
    return best >= 3 ? [] : [`a faint edge: <${control.tagName}> ${control.name ?? ''} ${colours} on ${ground}`];
  });
}

/** In the page itself: controls have an edge, and links a line. */
function unseen() {
  const found = [];
  if (!matchMedia('(forced-colors: active)').matches) found.push('the colours are not forced');
  for (const control of document.querySelectorAll('button, input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea')) {
    const { borderTopStyle, borderTopWidth } = getComputedStyle(control);
    if (control.checkVisibility() && (borderTopStyle === 'none' || parseFloat(borderTopWidth) === 0)) found.push(`has no edge: <${control.tagName.toLowerCase()}> ${control.innerText || control.name}`);
  }
  for (const link of document.querySelectorAll('main p a')) {
    if (link.checkVisibility() && getComputedStyle(link).textDecorationLine === 'none') found.push(`has no line: <a> ${link.innerText}`);
  }
  // Of bars and squares the colour says something: it stays, and each has its number beside it.
  for (const shape of document.querySelectorAll('rect.sluis-part')) {
    const { fill } = getComputedStyle(shape);
    if (fill === getComputedStyle(document.body).backgroundColor || fill === 'none') found.push('a bar cannot be told from its ground');
  }
  return found;
}

const size = (page) => page.locator('main p, main dt').first().evaluate((element) => parseFloat(getComputedStyle(element).fontSize));

async function faults(page) {
  const found = [];
  for (const { name, style, viewport, media, twice } of SETTINGS) {
    await page.setViewportSize(viewport);
    if (media) await page.emulateMedia(media);
    const usual = twice ? await size(page) : 0;
    const added = style && await page.addStyleTag({ content: style });
    const wrong = await page.evaluate(cutOff);
    if (twice && await size(page) < 2 * usual) wrong.push(`text grows from ${usual} to ${await size(page)} only`);
    if (media?.forcedColors) wrong.push(...await page.evaluate(unseen));
    else if (media) wrong.push(...await page.evaluate(faintEdges));
    found.push(...wrong.map((fault) => `${name}: ${fault}`));
    if (added) await added.evaluate((element) => element.remove());
    if (media) await page.emulateMedia({ forcedColors: 'none', colorScheme: 'light' });
  }
  await page.setViewportSize(WIDE);
  return found;
}

const named = (all, name) => all.find((one) => one.name === name);
const LOOKED_AT = [
  ...PAGES,
  { name: 'the question two-hats', open: question('two-hats') },
  named(EMERGENCIES, 'an emergency that is being judged'),
  named(STATES, 'a BSN that is none'),
  named(STATES, 'every chart as a table'),
  named(STATES, 'every rule of a decision'),
];

test('nothing is cut off or unseen, however text, size and colours are set', async (t) => {
  // Styles of the reader's own do not ask the page.
  const officer = await Officer.arrive(chrome, 'nl', { bypassCSP: true });
  for (const { name, open } of LOOKED_AT) {
    await t.test(name, async () => {
      await officer.signIn();
      await open(officer);
      assert.deepEqual(await faults(officer.page), []);
    });
  }
  await officer.leave();
});

test('where the focus is, is seen in forced colours as well', async () => {
  const officer = await Officer.arrive(chrome, 'nl', { forcedColors: 'active' });
  const { page } = officer;
  await officer.signIn();
  await named(EMERGENCIES, 'an emergency that is being judged').open(officer);
  for (let stops = 0; stops < 30; stops += 1) {
    await page.keyboard.press('Tab');
    const { style, width, of } = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return { style: outlineStyle, width: parseFloat(outlineWidth), of: document.activeElement.outerHTML.slice(0, 80) };
    });
    assert.ok(of.startsWith('<body') || (style !== 'none' && width >= 2), `${of}: ${style} ${width}`);
  }
  await officer.leave();
});

test('nothing that was filled in before is asked again, and nothing is to be remembered or solved to sign in', async () => {
  const officer = await Officer.arrive(chrome, 'nl');
  const { page } = officer;
  await officer.go('/');
  await officer.follow('main a[href*="/sign-in/accare"]');
  // 3.3.8: a password manager may fill in the password, and no script refuses to have it pasted.
  const password = page.locator('input[type=password]');
  assert.ok(['current-password', null].includes(await password.getAttribute('autocomplete')));
  assert.equal(await page.evaluate(() => document.scripts.length), 0);
  await officer.signIn();
  // 3.3.7: what was searched for is still there.
  await officer.follow('nav.utrecht-nav-bar a[href="/entries"]');
  await page.selectOption('#purpose', 'housing');
  await page.fill('#from', '2026-01-02');
  await officer.follow('form[action="/entries"] button');
  assert.equal(await page.inputValue('#purpose'), 'housing');
  assert.equal(await page.inputValue('#from'), '2026-01-02');
  await officer.leave();
});
