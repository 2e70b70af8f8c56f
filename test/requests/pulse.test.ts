import { Failure } from '../../src/domain/failure';
import { type Settings, SettingsFile } from '../../src/domain/settings';
import { createFeedbackPresses } from '../../src/jobs/feedback-presses';
import { createFeedback } from '../../src/requests/feedback';
import { createPulse } from '../../src/requests/pulse';
import { renderPulse, renderPulseResults } from '../../src/slack/pulse';
import { checkBlocks } from '../../src/workspace/blocks/check';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { createSetClock } from '../support/set-clock';
import { person } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => emptyTables(database.db, 'pulse_rounds, pulse_asks, unwanted_messages, posts, people'));

const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
const people = letters.map((letter) => person(`U0${letter.toUpperCase()}`, letter));
const dayMs = 86_400_000;

/** Two replicas on one clock, in the first days of a quarter. */
async function open(pulse: Partial<Settings['adoption']['pulse']> = {}) {
  const { db } = database;
  const clock = createSetClock('2026-10-01T08:00:00.000Z');
  const settings = {
    ...SettingsFile.parse({
      workspace: { timeZone: 'UTC', workingHours: { from: '09:00', to: '17:00' } },
      adoption: { eligibleGroups: ['S0ALL'], pulse: { enabled: true, ...pulse } },
    }),
    orchestrators: [],
    catalogue: [],
  };
  for (const { personId, slackId, name } of people)
    await db.query(
      `insert into people (person_id, slack_id, name, time_zone, fetched_at) values ($1, $2, $3, 'Asia/Kolkata', $4)`,
      [personId, slackId, name, clock.now()],
    );
  const eligible = new Set(people.map(({ personId }) => personId));
  /** Slack ids of members who have no row yet. */
  const strangers = new Set<string>();
  const met: string[] = [];
  const actor = async (slackId: string) => {
    met.push(slackId);
    if (slackId.startsWith('U0GONE')) throw new Failure('not-found', 'Slack');
    strangers.delete(slackId);
    return person(slackId, '9');
  };
  const deps = {
    db,
    clock,
    settings: () => settings,
    redact: (text: string) => text.replaceAll('hunter2', '[removed]'),
  };
  const replica = () =>
    createPulse({ ...deps, eligible: async () => eligible, unmet: async () => [...strangers], actor });
  const replicas = [replica(), replica()];
  const [first] = replicas;
  if (!first) throw new Error('no replica');
  const presses = createFeedbackPresses({
    feedback: createFeedback(deps),
    pulse: first,
    requests: { isTeam: () => true },
    actor: async (slackId) => people.find((each) => each.slackId === slackId) ?? person('U0X', '9'),
  });
  const pressed = (name: string, slackId: string, value: Record<string, unknown>) =>
    db.transaction(async (tx) => {
      const run = presses.get(name);
      if (!run) throw new Error(`nobody carries out ${name}`);
      const receivedAt = clock.now();
      return run(tx, { key: name, name, value, slackId, receivedAt, seq: 1, attempts: 0 });
    });
  /** Three hours at a time, both replicas at once. */
  const go = async (days: number) => {
    for (let step = 0; step < days * 8; step += 1) {
      await Promise.all(replicas.map((each) => each.sweep()));
      clock.pass(3 * 3_600_000);
    }
  };
  const asked = () =>
    db.query<{ channel: string; at: Date; quarter: string }>(
      `select channel, created_at as at, notice ->> 'quarter' as quarter from posts where notice ->> 'kind' = 'pulse' order by created_at`,
    );
  return { db, clock, settings, eligible, strangers, met, replica, go, asked, pressed, results: () => first.results() };
}

describe('the question of the quarter', () => {
  it('is put to everybody once, over some days, in working hours of their own, whatever restarts', async () => {
    const { go, asked, replica } = await open();
    await go(4);
    await replica().sweep();
    await go(10);
    const told = await asked();
    expect(told.map(({ channel }) => channel).sort()).toEqual(people.map(({ slackId }) => slackId));
    expect(new Set(told.map(({ at }) => at.toISOString().slice(0, 10))).size).toBeGreaterThan(2);
    for (const { at } of told) {
      const minutes = (at.getUTCHours() * 60 + at.getUTCMinutes() + 330) % 1_440;
      expect(minutes).toBeGreaterThanOrEqual(9 * 60);
      expect(minutes).toBeLessThan(17 * 60);
      expect([0, 6]).not.toContain(at.getUTCDay());
    }
  });

  it('is put to nobody while it is off, and comes again next quarter, not within 60 days', async () => {
    const { db, clock, settings, go, asked } = await open({ enabled: false });
    await go(1);
    expect(await asked()).toEqual([]);
    clock.pass(60 * dayMs);
    settings.adoption.pulse.enabled = true;
    await go(12);
    expect(await asked()).toHaveLength(6);
    clock.pass(25 * dayMs);
    await go(12);
    expect(await asked()).toHaveLength(6);
    expect(await db.query(`select quarter from pulse_asks where asked_at is null`)).toEqual([]);
    clock.pass(70 * dayMs);
    await go(12);
    expect(new Set((await asked()).map(({ quarter }) => quarter))).toEqual(new Set(['2026-Q4', '2027-Q2']));
  });

  it('is not put to who does not want it, has left, or is excluded meanwhile', async () => {
    const { db, eligible, go, asked, pressed } = await open();
    await pressed('unwanted.v1', 'U0A', { what: 'pulse' });
    await db.query(`update people set is_deactivated = true where slack_id = 'U0B'`);
    eligible.delete(people[2]?.personId ?? '');
    await go(12);
    expect((await asked()).map(({ channel }) => channel).sort()).toEqual(['U0D', 'U0E', 'U0F']);
  });

  it('takes one answer a person, the last one, and shows them together once the round is over', async () => {
    const { clock, go, pressed, results } = await open();
    await go(12);
    const quarter = '2026-Q4';
    for (const [index, letter] of ['A', 'B', 'C', 'D', 'E'].entries())
      await pressed(`pulse-${index < 3 ? 'five' : 'two'}.v1`, `U0${letter}`, { quarter });
    clock.pass(1_000);
    await pressed('pulse-four.v1', 'U0A', { quarter });
    expect(await pressed('pulse-four.v1', 'U0NOBODY', { quarter })).toMatchObject({ outcome: 'over' });
    expect(await pressed('explain-pulse-form.v1', 'U0F', { quarter, words: 'no score' })).toMatchObject({
      outcome: 'over',
    });
    await pressed('explain-pulse-form.v1', 'U0B', { quarter, words: 'Quick answers; hunter2' });
    const early = await results();
    expect(early).toMatchObject({ results: [{ quarter, asked: 6, answered: 5 }] });
    expect(JSON.stringify(renderPulseResults(early, 'UTC'))).not.toContain('Quick');
    clock.pass(30 * dayMs);
    expect(await pressed('pulse-one.v1', 'U0F', { quarter })).toMatchObject({ outcome: 'over' });
    const late = await results();
    expect(late.results[0]?.shown).toEqual({
      counts: [0, 2, 0, 1, 2],
      median: 4,
      satisfied: 3,
      words: ['Quick answers; [removed]'],
    });
    const message = renderPulseResults(late, 'UTC');
    expect(message.text).toContain('3 of 5 said 4 or 5 (small sample); median 4');
    expect(checkBlocks(message.blocks, 'message')).toEqual([]);
  });

  it('shows nothing of fewer answers than the settings want', async () => {
    const { clock, go, pressed, results } = await open({ minimum: 5 });
    await go(12);
    for (const letter of ['A', 'B', 'C', 'D']) await pressed('pulse-one.v1', `U0${letter}`, { quarter: '2026-Q4' });
    clock.pass(30 * dayMs);
    const found = await results();
    expect(found.results[0]).not.toHaveProperty('shown');
    expect(renderPulseResults(found, 'UTC').text).toContain('Too few to show what they said; 5 are needed');
  });

  it('is one message that Slack takes', () => {
    expect(checkBlocks(renderPulse('2026-Q4').blocks, 'message')).toEqual([]);
  });
});

it('waits for whom it could ask: the groups are read, and who never came is met first', async () => {
  const { eligible, strangers, met, go, asked, replica } = await open();
  const all = [...eligible];
  eligible.clear();
  await go(1);
  expect(await asked()).toEqual([]);
  for (const id of all) eligible.add(id);
  for (let index = 0; index < 60; index += 1) strangers.add(`U0NEW${index}`);
  strangers.add('U0GONE');
  await replica().sweep();
  expect([met.length, await asked()]).toEqual([15, []]);
  await go(14);
  expect([...strangers]).toEqual(['U0GONE']);
  expect(await asked()).toHaveLength(people.length);
});
