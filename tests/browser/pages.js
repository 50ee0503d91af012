// Every page of the desk, and how an officer comes there: by links and buttons, never by an address.

import { bsn } from './printed.js';

const nav = (to) => `nav.utrecht-nav-bar a[href="${to}"]`;
const main = (to) => `main a[href^="${to}"]`;

/** A disclosure of which a part was released. */
async function aDisclosure(officer) {
  await officer.follow(nav('/entries'));
  await officer.page.selectOption('#purpose', 'housing');
  await officer.page.selectOption('#outcome', 'partial');
  await officer.follow('form[action="/entries"] button');
  await officer.follow('table tbody th a');
}

/** The youth whom the story is about. */
export async function aClient(officer) {
  await officer.follow(nav('/clients'));
  await officer.page.fill('#bsn', bsn('testjongere-een'));
  await officer.follow('form[action="/clients"] button');
}

/** The form of a question, from the list of all. */
export const question = (id) => async (officer) => {
  await officer.follow(nav('/reports'));
  await officer.follow(`main a[href="/reports/new/${id}"]`);
};

/** What a form cannot be without. */
async function fill(page) {
  for (const [name, text] of [['bsn', bsn('testjongere-een')], ['professional', 'behandelaar-1'], ['other', 'wijkteam-1']]) {
    const box = page.locator(`main input[name=${name}]`);
    if (await box.count() > 0) await box.fill(text);
  }
}

/** What came out of it, as it is asked most. */
export const answer = (id) => async (officer) => {
  await question(id)(officer);
  await fill(officer.page);
  await officer.follow('main form button');
  for (let times = 0; times < 40 && (await officer.page.locator('main [role=status]').count()) > 0; times += 1) {
    await officer.page.waitForTimeout(250);
    await officer.follow('main a[href^="/reports/"]');
  }
};

const REPORT = /^\/reports\/[0-9a-f]{32}$/;

/** Name, address as a pattern, and the way there from the overview. In the navigation where `nav` says so. */
export const PAGES = [
  { name: 'overview', at: /^\/$/, nav: '/', open: (officer) => officer.follow(nav('/')) },
  { name: 'entries', at: /^\/entries$/, nav: '/entries', open: (officer) => officer.follow(nav('/entries')) },
  { name: 'entry', at: /^\/entries\/\d+$/, open: aDisclosure },
  {
    name: 'replay',
    at: /^\/entries\/\d+\/replay$/,
    open: async (officer) => {
      await aDisclosure(officer);
      await officer.follow('form[action$="/replay"] button');
    },
  },
  { name: 'clients', at: /^\/clients$/, nav: '/clients', open: (officer) => officer.follow(nav('/clients')) },
  { name: 'client', at: /^\/clients\/[\w-]{43}$/, open: aClient },
  {
    name: 'consent',
    at: /^\/clients\/[\w-]{43}\/consents\/c-[0-9a-f]+$/,
    open: async (officer) => {
      await aClient(officer);
      await officer.follow('main a[href*="/consents/"]');
    },
  },
  {
    name: 'letter',
    at: /^\/clients\/[\w-]{43}\/letter$/,
    open: async (officer) => {
      await aClient(officer);
      await officer.page.selectOption('select[name=language]', officer.language);
      await officer.follow('form[action$="/letter"] button');
    },
  },
  { name: 'consents', at: /^\/reports\/new\/hygiene$/, nav: '/reports/new/hygiene', open: (officer) => officer.follow(nav('/reports/new/hygiene')) },
  { name: 'consents-found', at: REPORT, open: answer('hygiene') },
  { name: 'emergencies', at: /^\/emergencies$/, nav: '/emergencies', open: (officer) => officer.follow(nav('/emergencies')) },
  { name: 'sample', at: /^\/reports\/new\/sample$/, nav: '/reports/new/sample', open: (officer) => officer.follow(nav('/reports/new/sample')) },
  { name: 'sample-drawn', at: REPORT, open: answer('sample') },
  { name: 'matrix', at: /^\/reports\/new\/matrix$/, nav: '/reports/new/matrix', open: (officer) => officer.follow(nav('/reports/new/matrix')) },
  { name: 'matrix-shown', at: REPORT, open: answer('matrix') },
  { name: 'unusual', at: /^\/reports\/new\/unusual$/, nav: '/reports/new/unusual', open: (officer) => officer.follow(nav('/reports/new/unusual')) },
  { name: 'unusual-found', at: REPORT, open: answer('unusual') },
  { name: 'reports', at: /^\/reports$/, nav: '/reports', open: (officer) => officer.follow(nav('/reports')) },
  { name: 'monthly', at: REPORT, open: answer('monthly') },
  { name: 'covenant', at: /^\/covenant$/, nav: '/covenant', open: (officer) => officer.follow(nav('/covenant')) },
  {
    name: 'covenant-versions',
    at: /^\/covenant\/versions$/,
    open: async (officer) => {
      await officer.follow(nav('/covenant'));
      await officer.follow(main('/covenant/versions'));
    },
  },
  {
    name: 'covenant-differences',
    at: /^\/covenant\/differences$/,
    open: async (officer) => {
      await pageNamed('covenant-versions').open(officer);
      await officer.follow(main('/covenant/differences'));
    },
  },
  { name: 'verify', at: /^\/verify$/, open: (officer) => officer.follow('footer a[href="/verify"]') },
];

/** What else a link may lead to: a longer session, a file, another language, the form of another question. */
export const NO_PAGES = [/^\/session$/, /^\/entries\/\d+\/receipt$/, /^\/reports\/[0-9a-f]{32}\/[\w-]+\.csv$/, /^\/language\/(nl|en)$/, /^\/reports\/new\/[\w-]+$/];

/** The page of this name. */
export const pageNamed = (name) => PAGES.find((page) => page.name === name);

export { nav, main };
