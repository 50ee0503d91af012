// What the desk hands out is verified without the desk: a receipt by `sluis client receipt`, and the ledger with a kept checkpoint by
// `sluis ledger verify`.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Officer, browser } from './officer.js';
import { aClient, nav, pageNamed } from './pages.js';
import { folder } from './printed.js';

let chrome, kept;
before(async () => {
  chrome = await browser();
  kept = mkdtempSync(join(tmpdir(), 'sluis-browser-'));
});
after(async () => {
  rmSync(kept, { recursive: true });
  await chrome.close();
});

function sluis(...words) {
  const { status, stdout, stderr } = spawnSync(process.env.SLUIS_PROGRAM, words, { encoding: 'utf8', timeout: 60_000 });
  return { status, said: `${stdout}${stderr}` };
}

test('a receipt and a checkpoint from the desk are verified elsewhere, after signing out', async () => {
  const officer = await Officer.arrive(chrome, 'nl');
  const { page } = officer;
  await officer.signIn();
  await pageNamed('entry').open(officer);
  const leaf = (await page.locator('main p:has-text("Hash") code').innerText()).trim();
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[download]')]);
  const receipt = join(kept, download.suggestedFilename());
  await download.saveAs(receipt);
  assert.match(receipt, /regel-\d+\.tlog-proof$/);
  await pageNamed('verify').open(officer);
  const checkpoint = join(kept, 'checkpoint.txt');
  writeFileSync(checkpoint, await page.locator('[aria-label=Checkpoint] code').textContent());
  const key = (await page.locator('main p code').first().innerText()).trim();
  await officer.signOut();
  await officer.leave();

  assert.equal(key, readFileSync(join(folder, 'gateway/ledger.vkey'), 'utf8').trim(), 'the key on the page is the one that everybody knows');
  const verified = sluis('client', 'receipt', '--receipt', receipt, '--leaf', leaf, '--vkey', key);
  assert.equal(verified.status, 0, verified.said);
  const other = leaf.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
  assert.notEqual(sluis('client', 'receipt', '--receipt', receipt, '--leaf', other, '--vkey', key).status, 0, 'another entry is not proven by it');

  const ledger = (at) => sluis('ledger', 'verify', '--database', join(folder, 'gateway/sluis.toml'), '--vkey', join(folder, 'gateway/ledger.vkey'), '--checkpoint', at);
  const whole = ledger(checkpoint);
  assert.equal(whole.status, 0, whole.said);
  const [origin, size, root, ...rest] = readFileSync(checkpoint, 'utf8').split('\n');
  writeFileSync(checkpoint, [origin, `${Number(size) - 1}`, root, ...rest].join('\n'));
  assert.notEqual(ledger(checkpoint).status, 0, 'a checkpoint that was changed is refused');
});

test('a dossier and an export come as a file, by a button', async () => {
  const officer = await Officer.arrive(chrome, 'nl');
  const { page } = officer;
  await officer.signIn();
  const downloaded = async (button, name) => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator(button).first().click()]);
    assert.match(download.suggestedFilename(), name);
    const file = join(kept, download.suggestedFilename());
    await download.saveAs(file);
    assert.equal(readFileSync(file).subarray(0, 4).toString('latin1'), 'PK\u0003\u0004');
    return readFileSync(file).toString('latin1');
  };
  await aClient(officer);
  const dossier = await downloaded('button[formaction$="/dossier"]', /^dossier-\d+\.zip$/);
  for (const name of ['overzicht.md', 'overview.json', 'checkpoint', 'ledger.vkey', 'reading.tlog-proof', '.review.md']) assert.ok(dossier.includes(name), name);
  await officer.follow(nav('/entries'));
  const exported = await downloaded('form[action="/entries/export"] button', /^export-\d+\.zip$/);
  assert.match(exported, /export-\d+\.csv\.proof/);
  await officer.leave();
});
