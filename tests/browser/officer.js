// An officer with a browser: signs in through the real code flow, and goes where a link or a button leads. Whatever must never happen in any
// page is watched for the whole visit, and told when the officer leaves.

import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { BSNS, desk, password, provider } from './printed.js';

const FLAGS = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
export const WIDE = { width: 1280, height: 900 };
/** 1280 CSS pixels at 400 % zoom (WCAG 2.2, 1.4.10). */
export const NARROW = { width: 320, height: 256 };
export const LOCALES = { nl: 'nl-NL', en: 'en-GB' };

/** Chromium, for the tests of one file. */
export function browser(more = []) {
  return chromium.launch({ executablePath: process.env.SLUIS_CHROMIUM, args: [...FLAGS, ...more], chromiumSandbox: process.getuid() !== 0 });
}

const bsnIn = (text) => BSNS.some((bsn) => text.includes(bsn));

export class Officer {
  /** A browser of its own. The certificate is the demonstration's own, as it says. */
  static async arrive(chrome, language, options = {}) {
    const context = await chrome.newContext({
      ignoreHTTPSErrors: true, locale: LOCALES[language], timezoneId: 'Europe/Amsterdam', viewport: WIDE, reducedMotion: 'reduce', acceptDownloads: true, ...options,
    });
    context.setDefaultTimeout(15_000);
    const officer = new Officer();
    Object.assign(officer, { context, language, page: await context.newPage(), sins: [], status: 0 });
    officer.watch();
    return officer;
  }

  watch() {
    const sin = (what) => this.sins.push(what);
    this.page.on('pageerror', (error) => sin(`an error in the page: ${error}`));
    this.page.on('console', (message) => {
      // That a page was refused is known by its status.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource: the server responded with')) sin(`the browser says: ${message.text()}`);
    });
    this.context.on('request', (request) => {
      const address = request.url();
      if (![desk, provider].includes(new URL(address).origin)) sin(`a request elsewhere: ${address}`);
      if (bsnIn(address)) sin('a BSN in an address');
    });
    this.context.on('response', (response) => {
      const isPage = response.request().isNavigationRequest();
      if (isPage) this.status = response.status();
      else if (response.status() >= 400) sin(`${response.status()} for ${response.url()}`);
    });
  }

  /** Goes to an address of the desk, as one typed. */
  async go(path) {
    await this.page.goto(`${desk}${path}`);
    await this.look();
  }

  /** Clicks on what leads to another page. */
  async follow(selector) {
    await Promise.all([this.page.waitForEvent('load'), this.page.locator(selector).first().click()]);
    await this.look();
  }

  /** What must hold on every page of the desk. */
  async look() {
    const { page, language } = this;
    if (bsnIn(await page.content())) this.sins.push(`a BSN on ${page.url()}`);
    if (page.url().startsWith(desk)) assert.equal(await page.getAttribute('html', 'lang'), language, page.url());
  }

  /** To the front page of the desk, and signs in where that is asked. */
  async signIn(party = 'accare', login = 'functionaris') {
    await this.go('/');
    if (!this.page.url().includes('/sign-in')) return this;
    await this.follow(`main a[href*="/sign-in/${party}"]`);
    await this.page.check(`input[value="${login}"]`);
    await this.page.fill('input[type=password]', password);
    await this.follow('button');
    return this;
  }

  async signOut() {
    await this.follow('form[action="/sign-out"] button');
  }

  /** Nothing happened that may never happen. */
  async leave() {
    await this.context.close();
    assert.deepEqual(this.sins, []);
  }
}
