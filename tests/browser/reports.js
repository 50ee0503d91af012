// The officer's questions: the form of each, and what comes out of it.

import assert from 'node:assert/strict';
import { BRIEFLY, BY_TURNS } from './inspect.js';
import { nav, answer, question } from './pages.js';

const QUESTIONS = [
  'who-saw', 'professional', 'matrix', 'grounds', 'emergencies', 'sample', 'unusual', 'hygiene', 'withdrawals', 'denials', 'exposure', 'register', 'integrity',
  'readers', 'monthly', 'notices', 'two-hats',
];

async function all(officer) {
  await officer.follow(nav('/reports'));
  const listed = await officer.page.locator('main a[href^="/reports/new/"]').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  assert.deepEqual(listed, QUESTIONS.map((id) => `/reports/new/${id}`), 'the questions that can be asked are those that are tried here');
}

async function isAnswered(officer, id) {
  await answer(id)(officer);
  assert.ok(await officer.page.locator('main h2').count() > 1, `${id} has a table`);
}

/** The parts of forms and tables are looked at in every view on other pages: light and wide in the one language, dark and narrow in the other is enough for what
 * is made of them. */
export const REPORTS = [
  ...QUESTIONS.map((id) => ({ name: `the question ${id}`, views: BRIEFLY, open: question(id) })),
  ...QUESTIONS.map((id) => ({ name: `the answer to ${id}`, views: BY_TURNS, open: (officer) => isAnswered(officer, id) })),
  { name: 'the reports that were made', open: all },
];
