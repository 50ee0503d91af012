// What else a page can look like: nothing found, something filled in wrongly, not allowed, not signed in, and what was folded unfolded.

import assert from 'node:assert/strict';
import { desk, password } from './printed.js';
import { aClient, nav, pageNamed } from './pages.js';

const unfold = (page) => page.evaluate(() => document.querySelectorAll('details').forEach((details) => { details.open = true; }));

function unfolded(name) {
  return async (officer) => {
    await pageNamed(name).open(officer);
    await unfold(officer.page);
  };
}

/** Lets the page's clock run until it tells that the session ends. */
export const toItsEnd = (page) => page.evaluate(() => document.querySelector('.sluis-ending').getAnimations().forEach((animation) => animation.finish()));

async function search(officer, bsn, handle) {
  await officer.follow(nav('/clients'));
  await officer.page.fill('#bsn', bsn);
  await officer.page.fill('#handle', handle);
  await officer.follow('form[action="/clients"] button');
}

/** The first entry of a sample, come to from its report, judged so. */
const judged = (verdict, followUp) => async (officer) => {
  await pageNamed('sample-drawn').open(officer);
  await officer.follow('main table a[href*="?report="]');
  if (!verdict) return;
  await officer.page.evaluate(() => { document.querySelector('main details:has(form[action$="/verdict"])').open = true; });
  await officer.page.check(`input[name=verdict][value=${verdict}]`);
  await officer.page.selectOption('#follow_up', followUp);
  await officer.follow('form[action$="/verdict"] button');
};

/** The status is 200 unless it is given. Each begins at the overview, signed in. */
export const STATES = [
  { name: 'nothing found', open: (officer) => officer.go('/entries?until=2001-01-01') },
  { name: 'a purpose that is not', status: 400, open: (officer) => officer.go('/entries?purpose=curiosity') },
  { name: 'a period that ends before it begins', status: 400, open: (officer) => officer.go('/entries?from=2026-02-01&until=2026-01-01') },
  { name: 'script in an address', status: 400, open: (officer) => officer.go('/entries?recipient=%3Cscript%3Ealert(1)%3C/script%3E') },
  { name: 'everything but readings', open: async (officer) => { await officer.follow(nav('/entries')); await officer.follow('main a[href="/entries?kind=all-but-readings"]'); } },
  {
    name: 'an export that is not possible',
    status: 400,
    open: async (officer) => {
      await officer.follow(nav('/entries'));
      await officer.page.evaluate(() => { document.querySelector('#format').selectedOptions[0].value = 'gossip'; });
      await officer.follow('form[action="/entries/export"] button');
    },
  },
  { name: 'what is narrowed to a field cannot be exported', open: (officer) => officer.go('/entries?field=housing.situation') },
  { name: 'a kind of event that is not', status: 400, open: (officer) => officer.go('/entries?kind=gossip') },
  { name: 'no such page', status: 404, open: (officer) => officer.go('/nowhere') },
  { name: 'no such entry', status: 404, open: (officer) => officer.go('/entries/99999999') },
  { name: 'no such client', status: 404, open: (officer) => officer.go(`/clients/${'a'.repeat(43)}`) },
  { name: 'a form without anything', status: 400, open: (officer) => search(officer, '', '') },
  { name: 'a form with both', status: 400, open: (officer) => search(officer, '123', 'a') },
  { name: 'a BSN that is none', status: 400, open: (officer) => search(officer, '123456789', '') },
  {
    name: 'a forged form',
    status: 403,
    open: async (officer) => {
      await officer.follow(nav('/clients'));
      await officer.page.evaluate(() => { document.querySelector('main input[name=secret]').value = 'guessed'; });
      await officer.follow('form[action="/clients"] button');
    },
  },
  {
    name: 'a form of a session that ended',
    status: 401,
    open: async (officer) => {
      await officer.follow(nav('/clients'));
      await officer.context.clearCookies();
      await officer.follow('form[action="/clients"] button');
    },
  },
  {
    name: 'a question that is not asked right',
    status: 400,
    open: async (officer) => {
      await officer.follow(nav('/reports/new/sample'));
      await officer.page.fill('main input[name=from]', '2026-02-02');
      await officer.page.fill('main input[name=until]', '2026-02-01');
      await officer.follow('main form button');
    },
  },
  { name: 'an entry of a sample to be judged', open: judged() },
  { name: 'a verdict that contradicts itself', status: 400, open: judged('in_order', 'talk') },
  { name: 'a verdict without its reason', status: 400, open: judged('not_in_order', 'talk') },
  { name: 'a verdict that is recorded', open: judged('in_order', 'nothing') },
  {
    name: 'a session that is about to end',
    open: async (officer) => {
      await officer.follow(nav('/clients'));
      await toItsEnd(officer.page);
      assert.ok(await officer.page.isVisible('.sluis-ending'));
    },
  },
  { name: 'a session that goes on', open: (officer) => officer.go('/session') },
  { name: 'no such question', status: 404, open: (officer) => officer.go('/reports/new/gossip') },
  { name: "another officer's report", status: 404, open: (officer) => officer.go(`/reports/${'0'.repeat(32)}`) },
  { name: 'every chart as a table', open: unfolded('overview') },
  { name: 'the search for a professional', open: unfolded('entries') },
  { name: 'every rule of a decision', open: unfolded('entry') },
  { name: 'every rule of then', open: unfolded('replay') },
  { name: 'every rule in force', open: unfolded('covenant') },
  { name: 'every file that differs', open: unfolded('covenant-differences') },
  {
    name: 'a covenant compared with itself',
    open: async (officer) => {
      await pageNamed('covenant-versions').open(officer);
      await officer.page.selectOption('#older', { index: 0 });
      await officer.follow('form[action="/covenant/differences"] button');
    },
  },
  { name: 'a covenant that never was', status: 404, open: (officer) => officer.go('/covenant/differences?older=99999999&newer=0') },
  {
    name: 'the entries of a professional',
    open: async (officer) => {
      await unfolded('entries')(officer);
      await officer.page.fill('#subject', 'behandelaar-1');
      await officer.follow('form[action="/entries/professional"] button');
    },
  },
  {
    name: 'the entries of a client',
    open: async (officer) => {
      await aClient(officer);
      await officer.follow('main a[href^="/entries?client="]');
    },
  },
];

/** Before anybody is signed in. */
export const OUTSIDE = [
  { name: 'sign-in', open: (officer) => officer.go('/') },
  {
    name: 'the sign-in service of the demonstration',
    open: async (officer) => {
      await officer.go('/');
      await officer.follow('main a[href*="/sign-in/accare"]');
    },
  },
  {
    name: 'a password that is not the one',
    open: async (officer) => {
      await officer.go('/');
      await officer.follow('main a[href*="/sign-in/accare"]');
      await officer.page.fill('input[type=password]', `${password}x`);
      await officer.follow('button');
    },
  },
  { name: 'a role that may not', status: 403, open: (officer) => officer.signIn('accare', 'behandelaar') },
  { name: 'no second factor', status: 403, open: (officer) => officer.signIn('accare', 'zonder-tweede-factor') },
  {
    name: 'a sign-in that was broken off',
    status: 403,
    open: async (officer) => {
      await officer.go('/');
      await officer.follow('main a[href*="/sign-in/accare"]');
      const { searchParams } = new URL(officer.page.url());
      await officer.go(`/sign-in/done?error=access_denied&state=${searchParams.get('state')}`);
    },
  },
  { name: 'a sign-in that did not begin here', status: 400, open: (officer) => officer.go('/sign-in/done?code=a&state=b') },
  {
    name: 'signed-out',
    open: async (officer) => {
      await officer.signIn();
      await officer.signOut();
    },
  },
];

export { desk };
