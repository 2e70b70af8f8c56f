import { randomUUID } from 'node:crypto';
import { SettingsFile } from '../../src/domain/settings';
import { createFeedbackPresses } from '../../src/jobs/feedback-presses';
import { createFeedback } from '../../src/requests/feedback';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { createSetClock } from '../support/set-clock';
import { dana, noah, person } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() =>
  emptyTables(
    database.db,
    'feedback, feedback_items, feedback_themes, unwanted_messages, people, posts, incidents, actions',
  ),
);

const priya = person('U0PRIYA', 'e', { teams: ['enablement'] });
const people = new Map(
  [dana, noah, priya, person('U0ROBOT', 'c', { isBot: true }), person('U0GONE', 'd', { isDeactivated: true })].map(
    (each) => [each.slackId, each],
  ),
);

async function open() {
  const { db } = database;
  const clock = createSetClock();
  const settings = { ...SettingsFile.parse({}), orchestrators: [], catalogue: [] };
  const feedback = createFeedback({
    db,
    clock,
    settings: () => settings,
    redact: (text) => text.replaceAll('hunter2', '[removed]'),
  });
  for (const { personId, slackId, name, isDeactivated } of people.values())
    await db.query(
      `insert into people (person_id, slack_id, name, is_deactivated, fetched_at) values ($1, $2, $3, $4, $5)`,
      [personId, slackId, name, isDeactivated, clock.now()],
    );
  const presses = createFeedbackPresses({
    feedback,
    pulse: { answer: async () => false, explain: async () => false },
    requests: { isTeam: ({ teams }) => teams.includes('enablement') },
    actor: async (slackId) => people.get(slackId) ?? dana,
  });
  const pressed = (
    name: string,
    slackId: string,
    value: Record<string, unknown>,
    receivedAt = clock.now(),
    key: string = randomUUID(),
  ) =>
    db.transaction(async (tx) => {
      const run = presses.get(name);
      if (!run) throw new Error(`nobody carries out ${name}`);
      return run(tx, { key, name, value, slackId, channel: 'C1', receivedAt, seq: 1, attempts: 0 });
    });
  const kept = () => db.query(`select about, person_id as "personId", value from feedback order by person_id`);
  const incidentId = randomUUID();
  await db.query(
    `insert into incidents (incident_id, state, opened_at, last_failed_at, reason, saved_at, cause)
     values ($1, 'open', $2, $2, 'first-failure', $2, '{"category": "timeout", "ruleId": "timeout.http", "title": "Timed out"}')`,
    [incidentId, clock.now()],
  );
  const given = async (slackId: string, text: string) => {
    const { answer } = await pressed('command:feedback', slackId, { text });
    const number = answer?.kind === 'feedback' && answer.said.kind === 'taken' ? answer.said.number : 0;
    const { items } = await feedback.waiting({ page: 1, limit: 50 });
    return items.find((item) => item.number === number)?.id ?? '';
  };
  const told = () =>
    db.query<{ channel: string; say: string }>(
      `select channel, notice ->> 'say' as say from posts where notice ->> 'kind' = 'you-asked' order by channel`,
    );
  return { db, clock, pressed, kept, incidentId, feedback, given, told };
}

describe('a thumb on a cause', () => {
  it('is kept once for each person, under the rule that named the cause; a later press changes it', async () => {
    const { clock, pressed, kept, incidentId } = await open();
    await pressed('cause-right.v1', 'U0DANA', { incidentId });
    await pressed('cause-wrong.v1', 'U0NOAH', { incidentId });
    clock.pass(1_000);
    const said = await pressed('cause-wrong.v1', 'U0DANA', { incidentId });
    expect(said).toEqual({
      outcome: 'noted',
      answer: { kind: 'feedback', said: { kind: 'thumb', about: 'diagnosis', isUp: false } },
    });
    expect(await kept()).toEqual([
      { about: 'timeout.http', personId: dana.personId, value: -1 },
      { about: 'timeout.http', personId: noah.personId, value: -1 },
    ]);
  });

  it('pressed earlier and carried out later changes nothing', async () => {
    const { clock, pressed, kept, incidentId } = await open();
    const earlier = clock.now();
    clock.pass(1_000);
    await pressed('cause-wrong.v1', 'U0DANA', { incidentId });
    await pressed('cause-right.v1', 'U0DANA', { incidentId }, earlier);
    expect(await kept()).toMatchObject([{ value: -1 }]);
  });

  it.each([
    { title: 'a bot', by: 'U0ROBOT' },
    { title: 'somebody who left', by: 'U0GONE' },
  ])('of $title is not kept', async ({ by }) => {
    const { pressed, kept, incidentId } = await open();
    expect(await pressed('cause-right.v1', by, { incidentId })).toMatchObject({ outcome: 'denied' });
    expect(await kept()).toEqual([]);
  });

  it.each([
    { title: 'an alert that is gone', name: 'cause-right.v1', value: { incidentId: randomUUID() } },
    { title: 'a change that is gone', name: 'it-helped.v1', value: { id: randomUUID() } },
    { title: 'what is not ours', name: 'it-helped.v1', value: { id: 7 } },
  ])('about $title is answered kindly', async ({ name, value }) => {
    const { pressed, kept } = await open();
    expect(await pressed(name, 'U0DANA', value)).toMatchObject({ outcome: 'gone', answer: { kind: 'gone' } });
    expect(await kept()).toEqual([]);
  });
});

describe('a thumb on a retry', () => {
  it('is kept under the kind of change', async () => {
    const { db, clock, pressed, kept } = await open();
    const id = randomUUID();
    await db.query(
      `insert into actions (action_id, kind, state, slack_id, person_id, target, connection, pipeline, idempotency_key, asked_at, tried_at)
       values ($1, 'backfill', 'succeeded', 'U0DANA', $2, '{}', 'prod', 'orders', 'k1', $3, $3)`,
      [id, dana.personId, clock.now()],
    );
    await pressed('no-help.v1', 'U0NOAH', { id });
    expect(await kept()).toEqual([{ about: 'backfill', personId: noah.personId, value: -1 }]);
  });
});

describe('a word of feedback', () => {
  it('is kept once, without secrets, and waits for the team', async () => {
    const { clock, pressed, feedback } = await open();
    for (const _again of [1, 2])
      await pressed('command:feedback', 'U0DANA', { text: 'hunter2 should not be shown' }, clock.now(), 'command:1');
    expect(await pressed('command:feedback', 'U0DANA', { text: '  ' })).toMatchObject({ outcome: 'empty' });
    expect(await feedback.waiting({ page: 1, limit: 5 })).toMatchObject({
      items: [{ words: '[removed] should not be shown', name: '0dana', status: 'new' }],
      total: 1,
      fresh: 1,
    });
  });

  it('is sorted by the team alone, under a theme that is made once', async () => {
    const { pressed, feedback, given } = await open();
    const [first, second] = [
      await given('U0DANA', 'Backfill by hand'),
      await given('U0NOAH', 'Backfill from the phone'),
    ];
    const sorting = { id: first, status: 'planned', newTheme: 'Backfill' };
    expect(await pressed('sort-feedback-form.v1', 'U0DANA', sorting)).toMatchObject({ outcome: 'denied' });
    await pressed('sort-feedback-form.v1', 'U0PRIYA', sorting);
    await pressed('sort-feedback-form.v1', 'U0PRIYA', { ...sorting, id: first, newTheme: 'BACKFILL' });
    const item = await feedback.find(second);
    if (!item) throw new Error('it is gone');
    const { themes, suggested } = await feedback.themesFor(item);
    expect(themes.map(({ name }) => name)).toEqual(['Backfill']);
    expect(suggested).toBe(themes[0]?.id);
    expect(await feedback.waiting({ page: 1, limit: 5 })).toMatchObject({ total: 2, fresh: 1 });
  });

  it('that is done is told to each who asked, once, whatever was asked and whoever says so', async () => {
    const { pressed, feedback, given, told } = await open();
    const ids: string[] = [];
    for (const [by, text] of [
      ['U0DANA', 'one'],
      ['U0DANA', 'two'],
      ['U0NOAH', 'three'],
      ['U0GONE', 'four'],
    ] as const)
      ids.push(await given(by, text));
    expect(ids.filter((id) => id !== '')).toHaveLength(3); // who left may not give any
    for (const id of ids.slice(0, 3))
      await pressed('sort-feedback-form.v1', 'U0PRIYA', { id, status: 'planned', newTheme: 'Numbers' });
    const [one = '', two = ''] = ids;
    await pressed('send-answer.v1', 'U0PRIYA', { id: two, scope: 'item', words: 'Two is there.' });
    expect(await feedback.audience({ id: one, scope: 'theme' })).toEqual({
      to: ['0dana', '0noah'],
      unwilling: 0,
      items: 2,
    });
    const done = { id: one, scope: 'theme', words: 'Numbers are there.' };
    const answers = await Promise.all([1, 2].map(() => pressed('send-answer.v1', 'U0PRIYA', done)));
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['already', 'answered']);
    expect(await told()).toEqual([
      { channel: 'U0DANA', say: 'Two is there.' },
      { channel: 'U0DANA', say: 'Numbers are there.' },
      { channel: 'U0NOAH', say: 'Numbers are there.' },
    ]);
    expect(await feedback.waiting({ page: 1, limit: 5 })).toMatchObject({ total: 0 });
  });

  it('is not answered to who does not want that, has left or was erased', async () => {
    const { db, pressed, feedback, given, told } = await open();
    const id = await given('U0DANA', 'one');
    await given('U0NOAH', 'two');
    await pressed('unwanted.v1', 'U0DANA', { what: 'news' });
    expect(await feedback.audience({ id, scope: 'item' })).toEqual({ to: [], unwilling: 1, items: 1 });
    await pressed('wanted.v1', 'U0DANA', { what: 'news' });
    expect(await feedback.audience({ id, scope: 'item' })).toMatchObject({ to: ['0dana'] });
    await db.query(`update people set is_deactivated = true where slack_id = 'U0DANA'`);
    expect(await pressed('send-answer.v1', 'U0PRIYA', { id, scope: 'item', words: 'Done.' })).toMatchObject({
      answer: { said: { kind: 'answered', items: 1, told: 0, unwilling: 1 } },
    });
    expect(await told()).toEqual([]);
    await db.transaction((tx) => feedback.erase(tx, noah));
    expect(await feedback.waiting({ page: 1, limit: 5 })).toEqual({ items: [], total: 0, fresh: 0 });
  });

  it('that was done long ago loses its words', async () => {
    const { db, clock, pressed, feedback, given } = await open();
    const id = await given('U0DANA', 'one');
    await given('U0NOAH', 'two');
    await pressed('send-answer.v1', 'U0PRIYA', { id, scope: 'item', words: 'Done.' });
    clock.pass(731 * 86_400_000);
    await feedback.sweep();
    expect(await db.query('select words from feedback_items order by number')).toEqual([
      { words: '' },
      { words: 'two' },
    ]);
  });
});
