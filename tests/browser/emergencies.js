// Emergencies: the form filled in, filled in wrongly, recorded, judged before, and one that the officer asked for. The story leaves one that waits; more are
// asked for here by the command line, as professionals would.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ONCE } from './inspect.js';
import { nav } from './pages.js';
import { folder } from './printed.js';

const ACCARE = '00000099000000000101';
const EVIDENCE = join(folder, 'emergency.toml');
const ANSWERS = ['consent', 'damage', 'conscience', 'subsidiarity', 'effectiveness', 'proportionality'];

/** An emergency release to this party's professional, about the youth of the story's night. */
function broken(party, role, subject) {
  const answers = ANSWERS.map((name) => `${name} = "Er is op dit moment geen andere weg dan deze."`);
  writeFileSync(EVIDENCE, ['note_reference = "verslag-18"', 'told = true', '[emergency]', ...answers, 'consulted = "collega-7"', ''].join('\n'));
  const words = [
    'client', '--profile', join(folder, `profiles/${party}.toml`), '--role', role, '--subject', subject, '--level', 'high',
    'ask', '--bsn-file', join(folder, 'clients/testjongere-zeven.bsn'), '--custodian', ACCARE, '--purpose', 'crisis', '--field', 'person.name', '--ground', 'R09', '--evidence', EVIDENCE,
  ];
  const { status, stdout, stderr } = spawnSync(process.env.SLUIS_PROGRAM, words, { encoding: 'utf8', timeout: 30_000 });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /person\.name +Testjongere Zeven/);
  return stdout.match(/entry (\d+)/)[1];
}

const list = (officer) => officer.follow(nav('/emergencies'));
const form = (index) => `form[action="/emergencies/${index ?? ''}"]`;
const FIRST = 'form[action^="/emergencies/"]';

async function filled(officer, which, verdict, note) {
  await officer.page.locator(which).first().locator(`input[value=${verdict}]`).check();
  await officer.page.locator(which).first().locator('input[name=note]').fill(note);
}

async function judge(officer, which, verdict, note) {
  await filled(officer, which, verdict, note);
  await officer.follow(`${which} button`);
}

/** A form that is sent elsewhere than it was made for. */
async function sentTo(officer, index) {
  await officer.page.locator(FIRST).first().evaluate((form, action) => { form.action = action; }, `/emergencies/${index}`);
  await judge(officer, form(index), 'justified', 'verslag-19');
}

export const EMERGENCIES = [
  {
    name: 'an emergency that is being judged',
    open: async (officer) => {
      await list(officer);
      assert.ok(await officer.page.locator('main section dd').count() > 5);
      await filled(officer, FIRST, 'justified', 'verslag-19');
    },
  },
  {
    name: 'a verdict that was not chosen',
    status: 400,
    views: ONCE,
    open: async (officer) => {
      await list(officer);
      await officer.page.locator(`${FIRST} [required]`).evaluateAll((all) => all.forEach((one) => { one.required = false; }));
      await officer.follow(`${FIRST} button`);
    },
  },
  {
    name: 'a sentence in place of a reference',
    status: 400,
    views: ONCE,
    open: async (officer) => {
      await list(officer);
      await judge(officer, FIRST, 'justified', 'dit is een hele zin');
    },
  },
  {
    name: 'a verdict that is recorded, and stays open',
    open: async (officer) => {
      await list(officer);
      await judge(officer, FIRST, 'needs_follow_up', 'verslag-20');
      assert.equal(await officer.page.locator('main [role=status]').count(), 1);
    },
  },
  {
    name: 'an emergency that was judged',
    open: async (officer) => {
      const index = broken('gemeente-assen', 'wijkteam', 'wijkteam-3');
      await list(officer);
      await judge(officer, form(index), 'justified', 'verslag-21');
      assert.equal(await officer.page.locator(form(index)).count(), 0, 'it does not wait any more');
      await officer.follow('main a[href="/emergencies?all=true"]');
    },
  },
  {
    name: 'an emergency that was judged meanwhile',
    status: 400,
    views: ONCE,
    open: async (officer) => {
      const index = broken('gemeente-assen', 'wijkteam', 'wijkteam-3');
      await list(officer);
      await judge(officer, form(index), 'not_justified', 'verslag-22');
      await list(officer);
      await sentTo(officer, index);
    },
  },
  {
    name: 'an emergency that the officer asked for',
    open: async (officer) => {
      const index = broken('accare', 'fact-behandelaar', 'fg-1');
      await list(officer);
      assert.equal(await officer.page.locator(form(index)).count(), 0, 'another officer judges it');
    },
  },
  {
    name: 'a verdict on what one asked for oneself',
    status: 400,
    views: ONCE,
    open: async (officer) => {
      const index = broken('accare', 'fact-behandelaar', 'fg-1');
      await list(officer);
      await sentTo(officer, index);
    },
  },
  {
    name: 'a verdict on what is no emergency',
    status: 404,
    views: ONCE,
    open: async (officer) => {
      await list(officer);
      await sentTo(officer, 1);
    },
  },
];
