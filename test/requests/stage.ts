import type { Actor } from '../../src/domain/actor';
import { SettingsFile } from '../../src/domain/settings';
import { createRequestPresses } from '../../src/jobs/request-presses';
import { createLogger } from '../../src/lib/logger';
import { createRequests } from '../../src/requests';
import { createAssigning } from '../../src/requests/assigning';
import { createFeedback } from '../../src/requests/feedback';
import { createPinned } from '../../src/requests/pinned';
import { createQuestions } from '../../src/requests/questions';
import { createRequestTasks } from '../../src/requests/tasks';
import { createTurns } from '../../src/requests/turns';
import * as pressRows from '../../src/store/press-rows';
import * as requestRows from '../../src/store/request-rows';
import type { TestDatabase } from '../support/database';
import { createSetClock } from '../support/set-clock';

export const person = (slackId: string, letter: string, more: Partial<Actor> = {}): Actor => ({
  personId: `00000000-0000-4000-8000-00000000000${letter}`,
  slackId,
  name: slackId.slice(1).toLowerCase(),
  isGuest: false,
  isBot: false,
  isDeactivated: false,
  teams: [],
  roles: [],
  ...more,
});
export const dana = person('U0DANA', 'a');
export const noah = person('U0NOAH', 'b');
export const priya = person('U0PRIYA', 'c', { teams: ['enablement'] });
export const tom = person('U0TOM', 'd', { teams: ['Enablement'] });
export const robot = person('U0ROBOT', 'e', { isBot: true });
export const people = new Map([dana, noah, priya, tom, robot].map((each) => [each.slackId, each]));

export const stageSettings = {
  ...SettingsFile.parse({
    workspace: { timeZone: 'UTC', workingHours: { from: '00:00', to: '23:59' } },
    support: { team: 'enablement', channels: ['#help', 'C0OTHER'], triageChannel: '#triage' },
    teams: [
      { name: 'enablement', members: { usergroup: 'S0ENABLE' } },
      { name: 'finance', channel: '#finance' },
    ],
  }),
  orchestrators: [],
  catalogue: [],
};
let heardCount = 0;

export const question = '1795597200.000100';

/** Requests on a database of its own, with people and what they press. @param more settings; `members`: of every user group */
export async function openStage(
  { db }: TestDatabase,
  {
    settings = stageSettings,
    members = ['U0PRIYA', 'U0TOM'],
  }: { settings?: typeof stageSettings; members?: string[] } = {},
) {
  const clock = createSetClock();
  const actor = async (slackId: string) => people.get(slackId) ?? dana;
  const redact = (text: string) => text.replaceAll('hunter2', '[removed]');
  const requests = createRequests({
    db,
    clock,
    settings: () => settings,
    redact,
    channelName: async (id) => (id === 'C0HELP' ? 'help' : 'random'),
  });
  for (const { personId, slackId, name } of people.values())
    await db.query(
      `insert into people (person_id, slack_id, name, fetched_at) values ($1, $2, $3, '2026-11-24T09:00:00Z')`,
      [personId, slackId, name],
    );
  /** As they stand in Slack now. */
  const messages = new Map([[question, { user: dana.slackId, text: 'Where is my table?' }]]);
  const turns = createTurns({ clock, settings: () => settings, actor, membersOf: async () => members });
  const log = createLogger('silent');
  const assigning = createAssigning({ db, clock, log, settings: () => settings, requests, turns, actor });
  const pinned = createPinned({ db, clock, requests, redact });
  const questions = createQuestions({ db, clock, settings: () => settings, requests, pinned, redact });
  const presses = createRequestPresses({
    clock,
    requests,
    feedback: createFeedback({ db, clock, settings: () => settings, redact }),
    assigning,
    pinned,
    questions,
    requestTasks: createRequestTasks({ clock, requests, redact }),
    settings: () => settings,
    actor,
    messageAt: async (_channel, ts) => messages.get(ts),
    aboutNamed: async (name) =>
      name === 'orders_daily' ? { connection: 'prod', pipeline: 'orders_daily', run: 'r7' } : undefined,
  });
  /** What a press comes to, as the worker would carry it out. */
  const pressed = (name: string, by: Actor, value: Record<string, unknown>, channel = 'C0HELP') =>
    db.transaction(async (tx) => {
      const run = presses.get(name);
      if (!run) throw new Error(`nobody carries out ${name}`);
      return run(tx, {
        key: 'k',
        name,
        value,
        slackId: by.slackId,
        channel,
        receivedAt: clock.now(),
        seq: 1,
        attempts: 0,
      });
    });
  /** The same for what Slack tells, with what is kept of it, as the worker takes it from the store. */
  const heard = async (by: Actor, value: { ts: string } & Record<string, unknown>, name = 'slack:message') => {
    heardCount += 1;
    const { ts: messageTs } = value;
    const press = { key: `event:${heardCount}`, name, value, slackId: by.slackId, channel: 'C0HELP', messageTs };
    await pressRows.storeOnce(db, { ...press, receivedAt: clock.now() });
    return db.transaction(async (tx) => {
      const done = await presses.get(name)?.(tx, { ...press, receivedAt: clock.now(), seq: 1, attempts: 0 });
      const { outcome = '' } = done ?? {};
      await pressRows.markDone(tx, press.key, { outcome, freed: false, keepsValue: false, at: clock.now() });
      return outcome;
    });
  };
  const written = (by: Actor, text: string, at: { ts: string; threadTs?: string }) =>
    pressed('slack:message', by, { text, ...at });
  const all = () =>
    db.query<{ id: string; state: string; requester: string; question: string; number: number; source: string }>(
      `select request_id as id, state, person_id as requester, question, number, source from requests order by number`,
    );
  const asked = async () => {
    await written(dana, 'Where is my table?', { ts: question });
    const [request] = await all();
    if (!request) throw new Error('no request');
    return request.id;
  };
  const kinds = async (id: string) => (await requestRows.events(db, id)).map(({ kind }) => kind);
  const stories = async (role: 'request' | 'triage') =>
    (
      await db.query<{ what: string }>(
        `select s.notice ->> 'what' as what from posts s join posts own on own.request_id = s.request_id and own.role = $1
           and own.channel = s.channel where s.kind = 'story' order by s.seq`,
        [role],
      )
    ).map(({ what }) => what);
  return { db, clock, messages, requests, assigning, questions, pressed, heard, written, all, asked, kinds, stories };
}

/** What a view of a request is read with. */
export const viewDeps = (db: TestDatabase['db']) => ({
  db,
  settings: () => stageSettings,
  clock: { now: () => new Date() },
  upstreamOf: async () => [],
  messageUrl: () => 'https://x.example',
  ownerName: async () => '',
});
