// A gateway of its own over a copy of the story's ledger, with little time and few requests, whose ledger can be kept from writing: what it then says is
// brought about and awaited, never hoped for.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ONCE } from './inspect.js';
import { Officer, browser } from './officer.js';
import { nav } from './pages.js';
import { desk, folder } from './printed.js';

const gateway = join(folder, 'gateway');
const DATABASE = join(gateway, 'strained.db');
/** Takes the ledger's lock for writing, until its input ends. */
const HOLD = `
import sqlite3, sys
ledger = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
ledger.execute("begin immediate")
print("held", flush=True)
sys.stdin.read()
`;
const PATIENCE = 120;

async function free() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export class Strained {
  static async start() {
    const strained = new Strained();
    const [calls, console, nobody] = [await free(), await free(), await free()];
    strained.served = `https://localhost:${console}`;
    const toml = readFileSync(join(gateway, 'sluis.toml'), 'utf8')
      .replace(/(\[server\]\nlisten = )"[^"]*"/, `$1"127.0.0.1:${calls}"\nrequest_timeout_ms = 1500`)
      .replace('deadline_ms = 5000', 'deadline_ms = 500')
      .replace('file = "sluis.db"', 'file = "strained.db"')
      .replace(/(\[console\]\nlisten = )"[^"]*"/, `$1"127.0.0.1:${console}"\nrequests_per_second = 1\nburst = 600`)
      // Nobody answers where officers of this party would sign in.
      .replace(/^issuer = "https:[^"]*\/gemeente-assen"$/m, `issuer = "https://localhost:${nobody}/gemeente-assen"`);
    writeFileSync(join(gateway, 'strained.toml'), toml);
    for (const ending of ['', '-wal', '-shm']) rmSync(DATABASE + ending, { force: true });
    const copied = spawnSync('python3', ['-c', 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).backup(sqlite3.connect(sys.argv[2]))', join(gateway, 'sluis.db'), DATABASE]);
    assert.equal(copied.status, 0, String(copied.stderr));
    strained.serving = spawn(process.env.SLUIS_PROGRAM, ['serve', '--config', join(gateway, 'strained.toml')], { stdio: 'ignore' });
    const profile = join(folder, 'profiles/accare-strained.toml');
    writeFileSync(profile, readFileSync(join(folder, 'profiles/accare.toml'), 'utf8').replace(/^gateway = .*$/m, `gateway = "https://localhost:${calls}"`));
    // The story set its clock forward, past two birthdays.
    const later = new Date(Date.now() + 13 * 86_400_000).toISOString();
    for (let times = 0; ; times += 1) {
      const { status, stderr } = spawnSync(process.env.SLUIS_PROGRAM, ['client', '--profile', profile, 'clock', later], { encoding: 'utf8' });
      if (status === 0) break;
      assert.ok(times < PATIENCE && strained.serving.exitCode === null, stderr);
      await new Promise((then) => { setTimeout(then, 250); });
    }
    strained.chrome = await browser([`--host-resolver-rules=MAP localhost:${new URL(desk).port} 127.0.0.1:${console}`]);
    return strained;
  }

  async stop() {
    await this.release();
    await this.chrome?.close();
    this.serving.kill('SIGINT');
    if (this.serving.exitCode === null) await once(this.serving, 'exit');
  }

  /** An officer comes, looks and leaves; afterwards the ledger can be written again. */
  async visit(language, looks) {
    const officer = await Officer.arrive(this.chrome, language);
    try {
      await looks(officer);
      await this.release();
      await officer.leave();
    } finally {
      await this.release();
    }
  }

  /** From here on nothing can be written to the ledger. */
  async hold() {
    this.holding = spawn('python3', ['-c', HOLD, DATABASE], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [said] = await once(this.holding.stdout, 'data');
    assert.match(String(said), /held/);
  }

  async release() {
    const { holding } = this;
    if (!holding) return;
    this.holding = undefined;
    holding.stdin.end();
    if (holding.exitCode === null) await once(holding, 'exit');
  }
}

async function report(officer, strained) {
  await officer.signIn();
  await officer.follow(nav('/reports'));
  await officer.follow('main a[href="/reports/new/integrity"]');
  await strained.hold();
  await officer.follow('main form button');
  assert.equal(await officer.page.locator('main [role=status]').count(), 1, 'it is being made');
}

Strained.STATES = [
  { name: 'a report that is being made', open: report },
  {
    name: 'a report that could not be recorded',
    status: 503,
    views: ONCE,
    open: async (officer, strained) => {
      await report(officer, strained);
      for (let times = 0; times < PATIENCE && (await officer.page.locator('main [role=status]').count()) > 0; times += 1) {
        await officer.page.waitForTimeout(250);
        await officer.follow('main a[href^="/reports/"]');
      }
    },
  },
  {
    name: 'a page that takes too long',
    status: 503,
    open: async (officer, strained) => {
      await officer.signIn();
      await strained.hold();
      await officer.follow(nav('/entries'));
    },
  },
  {
    name: 'a sign-in service that does not answer',
    status: 503,
    views: ONCE,
    open: async (officer) => {
      await officer.go('/');
      await officer.follow('main a[href*="/sign-in/gemeente-assen"]');
    },
  },
  {
    name: 'too many requests',
    status: 429,
    open: async (officer, strained) => {
      await officer.go('/sign-in');
      for (let times = 0; times < PATIENCE && officer.status !== 429; times += 1) {
        const answers = await Promise.all(Array.from({ length: 20 }, () => officer.context.request.get(`${strained.served}/sign-in`)));
        if (answers.some((answer) => answer.status() === 429)) await officer.go('/sign-in');
      }
    },
  },
];
