// What leads where: the navigation, every link, the choice of language, and the way back after signing in or out.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Officer, browser } from './officer.js';
import { NO_PAGES, PAGES } from './pages.js';
import { desk } from './printed.js';

let chrome;
before(async () => { chrome = await browser(); });
after(() => chrome.close());

test('the navigation has exactly the pages that are tried here', async () => {
  const officer = await Officer.arrive(chrome, 'nl');
  await officer.signIn();
  const links = await officer.page.locator('nav.utrecht-nav-bar a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  assert.deepEqual(links, PAGES.filter((page) => page.nav).map((page) => page.nav));
  await officer.leave();
});

test('every page shows where one is, and its address is the one in the table', async () => {
  const officer = await Officer.arrive(chrome, 'nl');
  await officer.signIn();
  for (const { at, nav, open } of PAGES) {
    await open(officer);
    assert.match(new URL(officer.page.url()).pathname, at);
    const current = await officer.page.locator('nav.utrecht-nav-bar [aria-current=page]').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    if (nav) assert.deepEqual(current, [nav]);
  }
  await officer.leave();
});

test('every link leads somewhere, and to no page that is not tried here', async () => {
  const officer = await Officer.arrive(chrome, 'nl');
  await officer.signIn();
  const known = [...PAGES.map((page) => page.at), ...NO_PAGES];
  const visits = new Map(known.map((at) => [String(at), 0]));
  const [seen, waiting] = [new Set(['/']), ['/']];
  while (waiting.length > 0) {
    const here = waiting.shift();
    const at = known.find((pattern) => pattern.test(here.split('?')[0]));
    assert.ok(at, `${here} is not in the table`);
    // Four entries, clients or consents, and no more: each look is an entry of the ledger.
    visits.set(String(at), visits.get(String(at)) + 1);
    if (visits.get(String(at)) > (String(at).includes('new') ? 40 : 4)) continue;
    const answer = await officer.context.request.get(`${desk}${here}`);
    assert.equal(answer.status(), 200, here);
    const text = await answer.text();
    for (const [, to] of text.matchAll(/<a [^>]*href="([^"]+)/g)) {
      const [path] = to.replaceAll('&#38;', '&').replaceAll('&amp;', '&').split('#');
      if (path === '') continue;
      assert.ok(path.startsWith('/') && !path.startsWith('//'), `${here} links to ${path}`);
      if (!seen.has(path)) waiting.push(path);
      seen.add(path);
    }
  }
  await officer.leave();
});

test('a choice of language is remembered, and comes back to the same page', async () => {
  const officer = await Officer.arrive(chrome, 'nl');
  await officer.signIn();
  await officer.follow('nav.utrecht-nav-bar a[href="/entries"]');
  officer.language = 'en';
  await officer.follow('a[hreflang=en]');
  assert.equal(new URL(officer.page.url()).pathname, '/entries');
  await officer.follow('nav.utrecht-nav-bar a[href="/"]');
  await officer.leave();
});

test('a page that was asked for before signing in is there afterwards', async () => {
  const officer = await Officer.arrive(chrome, 'nl');
  const go = officer.go.bind(officer);
  officer.go = () => go('/entries?purpose=housing');
  await officer.signIn();
  assert.equal(officer.page.url(), `${desk}/entries?purpose=housing`);
  await officer.leave();
});

test('nothing of the record is kept in the browser, and going back after signing out shows nothing', async () => {
  const officer = await Officer.arrive(chrome, 'nl');
  await officer.signIn();
  await officer.follow('nav.utrecht-nav-bar a[href="/entries"]');
  const kept = await officer.page.evaluate(() => ({ local: localStorage.length, session: sessionStorage.length, cookies: document.cookie }));
  assert.deepEqual(kept, { local: 0, session: 0, cookies: '' });
  await officer.signOut();
  await officer.page.goBack();
  assert.equal(await officer.page.locator('table').count(), 0);
  await officer.leave();
});
