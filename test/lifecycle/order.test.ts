import type { PipelineEvent } from '../../src/domain/pipeline-event';
import * as incidentRows from '../../src/store/incident-rows';
import { stories } from '../domain/run-stories';
import { createTestDatabase, type TestDatabase } from '../support/database';
import fc, { tries } from '../support/fast-check';
import { openTimeStage, type TimeStage } from '../support/time-stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** One cause hits both, each in its own channel. */
const channels = { orders_daily: 'C0ORDERS', contacts: 'C0CONTACTS' };
type Name = keyof typeof channels;
const names: Name[] = ['orders_daily', 'contacts'];
const error = 'psycopg2.errors.UndefinedTable: relation "stock_raw" does not exist';

const settings = {
  routes: names.map((pipeline) => ({ match: { pipeline }, channel: channels[pipeline] })),
  noise: { acknowledgeExpiresMinutes: 7, reminders: [4, 9] },
};

const presses = [
  { name: 'acknowledge.v1' },
  { name: 'unacknowledge.v1' },
  { name: 'alert-more.v1', value: { minutes: 6 } },
  { name: 'unmute.v1' },
  { name: 'alert-more.v1', value: { close: 'unneeded' } },
  { name: 'undo-close.v1' },
  { name: 'mute' },
  { name: 'unmute' },
];

interface Press {
  which: (typeof presses)[number];
  on: Name;
  by: string;
  /** Of the story; after whatever happens in it. */
  minute: number;
}

interface Story {
  /** In the order in which it came about. */
  events: PipelineEvent[];
  presses: Press[];
  /** Another order of the events, by their indices, some of them more than once. */
  order: number[];
}

const storyMinutes = 25;
const story: fc.Arbitrary<Story> = fc
  .record({
    told: fc.tuple(
      ...names.map((pipeline) => stories('').map((events) => events.map((each) => ({ ...each, pipeline })))),
    ),
    presses: fc.uniqueArray(
      fc.record({
        which: fc.constantFrom(...presses),
        on: fc.constantFrom(...names),
        by: fc.constantFrom('U0DANA', 'U0NOAH'),
        minute: fc.integer({ min: 0, max: storyMinutes }),
      }),
      { selector: ({ minute }) => minute, minLength: 2, maxLength: 8 },
    ),
  })
  .chain(({ told, presses }) => {
    const events = told.flat().sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
    const indices = events.map((_, index) => index);
    return fc
      .tuple(
        fc.shuffledSubarray(indices, { minLength: indices.length }),
        fc.array(fc.constantFrom(...(indices.length > 0 ? indices : [0])), { maxLength: 4 }),
      )
      .map(([order, again]) => ({
        events,
        presses: presses.sort((a, b) => a.minute - b.minute),
        order: [...order, ...again].filter((index) => index < events.length),
      }));
  });

/** The stage opens at nine; the story begins ten minutes later, when both have failed. */
const storyBeginsMs = 10 * 60_000;
const nineMs = Date.UTC(2026, 10, 25, 9);
const momentOf = (event: PipelineEvent) => event.occurredAt.getTime() - nineMs + storyBeginsMs;
const pressedMs = ({ minute }: Press) => storyBeginsMs + minute * 60_000 + 30_000;

async function begin(): Promise<TimeStage> {
  const stage = await openTimeStage(database.db, { settings });
  const fail = (pipeline: Name) => () => stage.push('failed', pipeline, { error, run: 'r0', attempt: 1 });
  await stage.goThrough(
    names.map((pipeline, index) => ({ at: `${8 + index} min`, does: fail(pipeline) })),
    '10 min',
  );
  return stage;
}

function send(stage: TimeStage, event: PipelineEvent): Promise<void> {
  const { kind, pipeline, run, attempt, final, step, startedAt, occurredAt } = event;
  const later = (date: Date) => new Date(date.getTime() + storyBeginsMs);
  const type = kind === 'check-failed' ? 'check_failed' : kind;
  return stage.push(
    type,
    pipeline,
    { run, attempt, final, step, ...(startedAt ? { startedAt: later(startedAt).toISOString() } : {}) },
    { id: `${pipeline} ${event.id}`, time: later(occurredAt) },
  );
}

async function press(stage: TimeStage, { which, on, by, minute }: Press): Promise<void> {
  const { name, value } = which;
  const channel = channels[on];
  if (name === 'mute') return stage.type(`mute ${on} 5m`, { by, channel });
  if (name === 'unmute') return stage.type(`unmute ${on}`, { by, channel });
  return stage.press(name, on, { by, channel, value, key: `${minute}` });
}

/** Each as soon as it comes about, one by one. */
async function playPromptly({ events, presses }: Story): Promise<unknown> {
  const stage = await begin();
  const deeds = [
    ...events.map((event) => ({ ms: momentOf(event), does: () => send(stage, event) })),
    ...presses.map((each) => ({ ms: pressedMs(each), does: () => press(stage, each) })),
  ];
  await stage.goThrough(
    deeds.map(({ ms, does }) => ({ at: `${ms / 1_000} s`, does })),
    '45 min',
    2 * 60_000,
  );
  return endOf(stage);
}

/** What comes about before a press arrives just before it, all at once, in another order and repeated; and each press is told twice. */
async function playAnyhow({ events, presses, order }: Story): Promise<unknown> {
  const stage = await begin();
  const heardMs = [...presses.map((each) => pressedMs(each) - 1_000), storyBeginsMs + 34 * 60_000];
  const deeds = heardMs.map((ms, index) => ({
    ms,
    does: async () => {
      const since = heardMs[index - 1] ?? 0;
      for (const each of order) {
        const event = events[each];
        if (event && momentOf(event) <= ms && momentOf(event) > since) await send(stage, event);
      }
    },
  }));
  const pressed = presses.map((each) => ({
    ms: pressedMs(each),
    does: async () => {
      await press(stage, each);
      if (each.which.name.endsWith('.v1')) await press(stage, each);
    },
  }));
  await stage.goThrough(
    [...deeds, ...pressed].map(({ ms, does }) => ({ at: `${ms / 1_000} s`, does })),
    '45 min',
    5 * 60_000,
  );
  return endOf(stage);
}

/** Without how often it was told, and the minute at which it was last looked at. */
function asShown(text: string | undefined): string | undefined {
  return text?.replace(/, failed \d+ times/, '').replace(/ \(\d[^()]* at \d\d:\d\d UTC\)/g, '');
}

/** How all stands when every deadline has passed. */
async function endOf(stage: TimeStage): Promise<unknown> {
  await stage.goThrough([], '3 h', 30 * 60_000);
  await stage.goThrough([], '60 h', 12 * 3_600_000);
  const rows = await stage.db.query<{ id: string }>(
    `select distinct incident_id as id from incident_members where pipeline = any($1)`,
    [names],
  );
  const incidents = await incidentRows.load(
    stage.db,
    rows.map(({ id }) => id),
    false,
  );
  return {
    incidents: incidents.map(({ state, closedAt, flappers, members, places }) => ({
      state,
      closedAt,
      flappers,
      members: members
        .map(({ pipeline, state, run, attempt, trouble, lastFailedAt, endedAt, closing }) =>
          JSON.stringify({ pipeline, state, run, attempt, trouble, lastFailedAt, endedAt, closing }),
        )
        .sort(),
      places: places
        .map(({ channel, acknowledgedBy, mutedBy, mutedUntil }) =>
          // Whose it was is of no more use once it is over.
          JSON.stringify({ channel, mutedBy, mutedUntil, ...(state === 'open' ? { acknowledgedBy } : {}) }),
        )
        .sort(),
    })),
    mutes: await stage.db.query('select channel, pipeline from mutes where ended_at is null'),
    alerts: names.map((name) => asShown(stage.alertOf(name, channels[name]))),
    posts: names.map(
      (name) =>
        stage.told.filter(
          ({ how, channel, text }) => how === 'post' && channel === channels[name] && text.includes('Failed'),
        ).length,
    ),
  };
}

describe('what happened and what was pressed', () => {
  it('stands and is shown the same in the end, whatever the order, the repetition and the delay of events between two presses', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (each) => {
        expect(await playAnyhow(each)).toEqual(await playPromptly(each));
      }),
      { numRuns: tries(2), endOnFailure: true },
    );
  }, 120_000);
});
