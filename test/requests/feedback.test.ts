import { randomUUID } from 'node:crypto';
import type { Actor } from '../../src/domain/actor';
import { createFeedbackPresses } from '../../src/jobs/feedback-presses';
import { createFeedback } from '../../src/requests/feedback';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { createSetClock } from '../support/set-clock';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.db.query('truncate feedback, incidents, actions cascade'));

const person = (slackId: string, letter: string, more: Partial<Actor> = {}): Actor => ({
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
const dana = person('U0DANA', 'a');
const noah = person('U0NOAH', 'b');
const people = new Map(
  [dana, noah, person('U0ROBOT', 'c', { isBot: true }), person('U0GONE', 'd', { isDeactivated: true })].map((each) => [
    each.slackId,
    each,
  ]),
);

async function open() {
  const { db } = database;
  const clock = createSetClock();
  const presses = createFeedbackPresses({
    feedback: createFeedback(),
    actor: async (slackId) => people.get(slackId) ?? dana,
  });
  const pressed = (name: string, slackId: string, value: Record<string, unknown>, receivedAt = clock.now()) =>
    db.transaction(async (tx) => {
      const run = presses.get(name);
      if (!run) throw new Error(`nobody carries out ${name}`);
      return run(tx, { key: 'k', name, value, slackId, channel: 'C1', receivedAt, seq: 1, attempts: 0 });
    });
  const kept = () => db.query(`select about, person_id as "personId", value from feedback order by person_id`);
  const incidentId = randomUUID();
  await db.query(
    `insert into incidents (incident_id, state, opened_at, last_failed_at, reason, saved_at, cause)
     values ($1, 'open', $2, $2, 'first-failure', $2, '{"category": "timeout", "ruleId": "timeout.http", "title": "Timed out"}')`,
    [incidentId, clock.now()],
  );
  return { db, clock, pressed, kept, incidentId };
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
