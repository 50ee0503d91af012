// What the desk says to what it cannot do, for each reason once: the same page with other words.

import { ONCE } from './inspect.js';
import { aClient, nav, pageNamed } from './pages.js';

const filter = (name, query) => ({ name, status: 400, views: ONCE, open: (officer) => officer.go(`/entries?${query}`) });

/** The letter for a reader or in a language that is none of those to choose. */
const letter = (name, status, select, value) => ({
  name,
  status,
  views: ONCE,
  open: async (officer) => {
    await aClient(officer);
    await officer.page.locator(`form[action$="/letter"] select[name=${select}] option`).first().evaluate((option, value) => { option.value = value; option.selected = true; }, value);
    await officer.follow('form[action$="/letter"] button');
  },
});

export const WRONG = [
  filter('a recipient that is not', 'recipient=00000099000000009999'),
  filter('a custodian that is not', 'custodian=00000099000000009999'),
  filter('a field that is not', 'field=diagnosis.code'),
  filter('a ground that is not', 'ground=R99'),
  filter('an outcome that is not', 'outcome=perhaps'),
  filter('a professional that is not', 'professional=somebody'),
  filter('a first day that is not', 'from=yesterday'),
  filter('a last day that is not', 'until=tomorrow'),
  filter('a filter twice', 'purpose=housing&purpose=crisis'),
  filter('a filter without end', `purpose=${'a'.repeat(2_000)}`),
  filter('a page of another question', 'page=not-a-token'),
  {
    name: 'a form of an entry that is not',
    status: 400,
    views: ONCE,
    open: async (officer) => {
      await pageNamed('entry').open(officer);
      await officer.go(`${new URL(officer.page.url()).pathname}?form=poem`);
    },
  },
  {
    name: 'a professional without a name',
    status: 400,
    views: ONCE,
    open: async (officer) => {
      await officer.follow(nav('/entries'));
      await officer.page.evaluate(() => { document.querySelector('details:has(#subject)').open = true; document.querySelector('#subject').required = false; });
      await officer.follow('form[action="/entries/professional"] button');
    },
  },
  {
    name: 'an export of what cannot be exported',
    status: 400,
    views: ONCE,
    open: async (officer) => {
      await officer.follow(nav('/entries'));
      await officer.page.evaluate(() => { document.querySelector('form[action^="/entries/export"]').action = '/entries/export?field=housing.situation'; });
      await officer.follow('form[action^="/entries/export"] button');
    },
  },
  {
    name: 'a form that cannot be read',
    status: 400,
    views: ONCE,
    open: async (officer) => {
      await officer.follow(nav('/clients'));
      // One part twice.
      await officer.page.evaluate(() => { document.querySelector('#bsn').after(document.querySelector('#bsn').cloneNode()); });
      await officer.follow('form[action="/clients"] button');
    },
  },
  letter('a letter in a language that is not', 400, 'language', 'fr'),
  letter('a letter for a reader that cannot be read', 400, 'reader', 'no such reader!'),
  letter('a letter for somebody who may not read it', 400, 'reader', 'buurman'),
];
