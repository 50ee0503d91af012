// What must be true of a page for everybody who uses it: WCAG 2.2 AA by axe-core, and what axe does not see.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { NARROW, WIDE } from './officer.js';
import { covenant } from './printed.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

/** Light and dark, wide and at 400 % zoom. What the width cannot change is looked at once for each of both colours, and the other way round. */
const VIEWS = [
  { name: 'light, wide', colorScheme: 'light', viewport: WIDE, rules: { runOnly: TAGS } },
  { name: 'dark, wide', colorScheme: 'dark', viewport: WIDE, rules: { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } } },
  { name: 'dark, narrow', colorScheme: 'dark', viewport: NARROW, rules: { runOnly: TAGS } },
  { name: 'light, narrow', colorScheme: 'light', viewport: NARROW, rules: { runOnly: { type: 'rule', values: ['target-size', 'scrollable-region-focusable'] } } },
];

/** Every rule in the light and wide, and every rule in the dark and narrow. */
export const BRIEFLY = VIEWS.filter(({ rules }) => rules.runOnly === TAGS);
/** The one in Dutch, the other in English. */
export const BY_TURNS = { nl: BRIEFLY.slice(0, 1), en: BRIEFLY.slice(1) };
/** For the same page with other words. */
export const ONCE = VIEWS.slice(0, 1);

/** What was looked at: templates by the name that they have on the page, and the codes of what went wrong. */
export const seen = { templates: new Set(), codes: new Set() };

/** What is wrong with the page that is shown, in these views; nothing if all is well. */
export async function faults(page, views = VIEWS) {
  const { templates, codes } = await page.evaluate(whatIsShown);
  templates.forEach((name) => seen.templates.add(name));
  codes.forEach((code) => seen.codes.add(code));
  await page.evaluate(AXE);
  const found = await page.evaluate(strayed, covenant);
  for (const { name, colorScheme, viewport, rules } of views) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize(viewport);
    const wrong = await page.evaluate(look, rules);
    found.push(...wrong.map((fault) => `${name}: ${fault}`));
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  return found;
}

function whatIsShown() {
  const templates = [...document.querySelectorAll('[data-template]')].map((element) => element.dataset.template);
  if (document.querySelector('td, dd')) templates.push('part/cell.html');
  if (document.querySelector('span[lang]')) templates.push('part/phrase.html');
  const codes = [...document.querySelectorAll('[data-template="problem.html"] main code')].map((code) => code.innerText);
  return { templates, codes };
}

/** 3.1.2 Language of parts: Dutch of the covenant that is not known as Dutch. In the page itself. */
function strayed({ alone, labels }) {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    const { lang } = parentElement.closest('[lang]');
    const text = data.trim();
    const isNamed = labels.some((label) => text === label || text.includes(`"${label}"`));
    if (lang !== 'nl' && (isNamed || alone.some((words) => text.includes(words)))) found.push(`is in ${lang}: ${text.slice(0, 80)}`);
  }
  return found;
}

/** In the page itself. */
async function look(rules) {
  await new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)));
  const found = [];
  const name = (element) => `<${element.tagName.toLowerCase()}> ${(element.innerText || element.name || '').trim().slice(0, 40)}`;

  const { violations } = await globalThis.axe.run(document, { ...rules, resultTypes: ['violations'] });
  for (const { id, nodes } of violations) found.push(`axe ${id}: ${nodes.map((node) => `${node.html.slice(0, 120)} (${node.any.map((check) => check.message).join(' ').slice(0, 160)})`).join('; ')}`);

  // 1.4.10 Reflow: the page scrolls one way only.
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll('body *')].filter((element) => !element.closest('.sluis-scroll *') && element.getBoundingClientRect().right > innerWidth + 1);
    found.push(`is ${document.documentElement.scrollWidth} wide, by ${wide.slice(0, 3).map(name).join(', ')}`);
  }

  // 2.5.8 Target size: 24 by 24, but for a link within a sentence.
  for (const target of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
    const sizes = [target, ...(target.labels ?? [])].map((each) => each.getBoundingClientRect());
    const inSentence = target.matches('a') && getComputedStyle(target).display === 'inline';
    const [{ width, height }] = sizes;
    const fits = sizes.some((size) => size.width >= 24 && size.height >= 24);
    if (width > 0 && !target.matches('.utrecht-skip-link') && !inSentence && !fits) found.push(`a target of ${width} by ${height}: ${name(target)}`);
  }

  // 2.3.3: nothing moves for who asked for that.
  const moves = [...document.querySelectorAll('*')].filter((element) => {
    const style = getComputedStyle(element);
    return (style.animationName !== 'none' && parseFloat(style.animationDuration) > 0) || parseFloat(style.transitionDuration) > 0;
  });
  if (moves.length > 0) found.push(`moves: ${moves.slice(0, 3).map(name).join(', ')}`);

  // 1.3.1: what a table is called stands there once.
  const plain = (element) => element.innerText.trim().toLowerCase().replace(/^(de|het|the) /, '');
  const names = [...document.querySelectorAll('h2, h3, figcaption')].map(plain);
  for (const caption of document.querySelectorAll('caption')) {
    const isShown = caption.checkVisibility() && caption.getBoundingClientRect().width > 1;
    if (isShown && names.includes(plain(caption))) found.push(`names a table twice: ${caption.innerText}`);
  }

  // 3.1.1, 2.4.2 and 1.3.1: a language, a title that says which page this is, one heading above all.
  if (!document.documentElement.lang) found.push('has no language');
  const headings = [...document.querySelectorAll('h1')].map((heading) => heading.innerText);
  if (headings.length !== 1 || !document.title.includes(headings[0])) found.push(`has the title ${document.title}, and above all stands ${headings.join(', ')}`);
  return found;
}
