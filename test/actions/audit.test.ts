import { createAudit } from '../../src/actions/audit';
import type { Actor } from '../../src/domain/actor';
import { SettingsFile } from '../../src/domain/settings';
import { renderAudit } from '../../src/slack/audit';
import * as auditRows from '../../src/store/audit-rows';
import { savePerson } from '../../src/store/person-rows';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { dana, lee, olga } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const now = new Date('2026-11-25T12:00:00Z');
const pipelines = [
  { connection: 'prod', key: 'orders_daily', facts: { team: 'orders' } },
  { connection: 'prod', key: 'ledger', facts: { team: 'finance' } },
];
const { orchestrators: _orchestrators, ...parsed } = SettingsFile.parse({
  teams: [
    { name: 'orders', members: { usergroup: 'S0ORDERS' } },
    { name: 'finance', members: { usergroup: 'S0FINANCE' } },
  ],
});
const brought: { to: string; content: string }[] = [];
const audit = () =>
  createAudit({
    db: database.db,
    clock: { now: () => now },
    settings: () => ({ ...parsed, orchestrators: [], catalogue: [] }),
    lookUp: async (name) => ({ found: pipelines.filter(({ key }) => key === name), didYouMean: ['orders_daily'] }),
    mayOperate: (actor) => ({ may: actor.roles.includes('operator'), whoMay: 'people with the role *operator*' }),
    async bring(to, { content }) {
      brought.push({ to, content });
    },
  });

beforeEach(async () => {
  await emptyTables(database.db, 'audit, people');
  brought.length = 0;
  for (const { personId, slackId, name, email } of [dana, lee, olga]) {
    const person = { slackId, name, email, isGuest: false, isBot: false, isDeactivated: false };
    await savePerson(database.db, personId, person, now);
  }
  for (let n = 0; n < 12; n += 1)
    await auditRows.append(database.db, {
      at: new Date(now.getTime() - (12 - n) * 3_600_000),
      personId: n % 3 === 0 ? lee.personId : dana.personId,
      what: 'asked',
      kind: 'retry',
      connection: 'prod',
      pipeline: n % 2 === 0 ? 'orders_daily' : 'ledger',
      run: `r${n}`,
    });
});

const stranger: Actor = { ...lee, teams: [] };
const ask = (actor: Actor, text: string) => audit().ask({ actor, text, timeZone: 'UTC' });
const seen = async (actor: Actor, text: string) => {
  const answer = await ask(actor, text);
  return answer.kind === 'page' ? answer.lines.map(({ run }) => run).join(' ') : answer.kind;
};

describe('the audit trail in Slack', () => {
  it.each([
    {
      title: 'is all there for operators, a page at a time',
      who: olga,
      text: '',
      says: 'r11 r10 r9 r8 r7 r6 r5 r4 r3 r2',
    },
    { title: 'goes on', who: olga, text: '2', says: 'r1 r0' },
    { title: 'is of one person', who: olga, text: '@lee', says: 'r9 r6 r3 r0' },
    { title: 'is of one person and pipeline, since then', who: olga, text: 'ledger @lee 8h', says: 'r9' },
    { title: 'tells everybody what they did themselves', who: stranger, text: '', says: 'r9 r6 r3 r0' },
    { title: 'tells people by their own name too', who: stranger, text: '@lee', says: 'r9 r6 r3 r0' },
    { title: 'tells a team all about its pipelines', who: dana, text: 'orders_daily', says: 'r10 r8 r6 r4 r2 r0' },
    { title: 'keeps that from others', who: stranger, text: 'orders_daily', says: 'denied' },
    { title: 'keeps another team’s pipeline', who: dana, text: 'ledger', says: 'denied' },
    { title: 'keeps what somebody else did', who: stranger, text: '@dana', says: 'denied' },
    { title: 'tells what one did oneself to any pipeline', who: stranger, text: 'ledger @lee', says: 'r9 r3' },
    { title: 'knows no such pipeline', who: olga, text: 'oders', says: 'unknown' },
    { title: 'knows nobody of that name', who: olga, text: '@nobody', says: 'unknown' },
  ])('$title', async ({ who, text, says }) => expect(await seen(who, text)).toBe(says));

  it('comes as a file to the asker alone', async () => {
    expect(await ask(dana, 'orders_daily csv')).toEqual({ kind: 'file', total: 6 });
    const [file] = brought;
    expect(file?.to).toBe('U01DANA');
    expect(file?.content.split('\n').filter((line) => line.includes('orders_daily'))).toHaveLength(6);
    expect(file?.content).not.toContain('ledger');
  });

  it('is read with names, newest first, and leads on', async () => {
    const { text, blocks } = renderAudit(await ask(olga, ''), { command: '/pipeline', timeZone: 'Europe/Berlin' });
    expect(text).toMatch(
      /^12 lines in the audit trail\. 25 Nov 2026, 12:00 CET · @Dana · retry asked ledger, run r11\./,
    );
    expect(JSON.stringify(blocks)).toContain('Page 1 of 2, newest first: `/pipeline audit 2` shows older ones.');
    await auditRows.append(database.db, {
      at: now,
      personId: dana.personId,
      what: 'trying',
      kind: 'backfill',
      connection: 'prod',
      pipeline: 'ledger',
      detail: { what: 'partition 2026-11-24' },
    });
    const newest = renderAudit(await ask(olga, ''), { command: '/pipeline', timeZone: 'UTC' });
    expect(newest.text).toContain('@Dana · backfill trying ledger, partition 2026-11-24.');
    const denied = renderAudit(await ask(stranger, 'orders_daily'), { command: '/pipeline', timeZone: 'UTC' });
    expect(denied.text).toBe(
      'The trail of orders_daily is for members of orders or people with the role operator. /pipeline audit shows what you did yourself.',
    );
  });
});
