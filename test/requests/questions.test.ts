import { Notice } from '../../src/domain/notice';
import { answerOf, draftRunbook } from '../../src/domain/runbook-draft';
import { renderAskedOften } from '../../src/slack/asked-often';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { dana, noah, openStage, priya, tom } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() =>
  emptyTables(
    database.db,
    'requests, request_events, request_words, pinned_answers, runbook_sections, question_groups, working_schedules, posts, people',
  ),
);

const at = (minute: number) => `${1795597200 + minute * 60}.000100`;
const asks = ['Where is my table?', 'where is my table', 'Where is my table now?'];

/** The same question, three times. */
async function often() {
  const stage = await openStage(database);
  for (const [index, words] of asks.entries())
    await stage.written([dana, noah, dana][index] ?? dana, words, { ts: at(index) });
  const suggestions = () =>
    stage.db.query<{ notice: { groupId: string; times: number; numbers: number[] }; channel: string }>(
      `select notice, channel from posts where notice ->> 'kind' = 'asked-often' order by seq`,
    );
  return { ...stage, suggestions };
}

describe('a question that comes again', () => {
  it('is suggested to the team once, in its own channel, by however many replicas', async () => {
    const { questions, suggestions, written } = await often();
    expect((await Promise.all([questions.sweep(), questions.sweep()])).sort()).toEqual([0, 1]);
    expect(await suggestions()).toMatchObject([{ channel: '#triage', notice: { times: 3 } }]);
    await written(noah, 'Where is my table??', { ts: at(9) });
    expect(await questions.sweep()).toBe(0);
  });

  it.each([
    {
      title: 'twice',
      left: 1,
      sql: `update requests set question = 'Please restart the notebook server' where number = $1`,
    },
    { title: 'about one trouble', left: 1, sql: `update requests set incident_id = $2 where number <= $1` },
    {
      title: 'for what a runbook says',
      left: 1,
      sql: `with section as (insert into runbook_sections (section_id, path, title, body)
              values (gen_random_uuid(), 'a.md', 'A', 'B') returning section_id)
            insert into request_events (request_id, at, kind, by_role, detail)
            select request_id, asked_at, 'answered-first', 'pitcrew', jsonb_build_object('answers', jsonb_build_array(section_id))
            from requests, section where number = $1`,
    },
    { title: 'by the team itself', left: 1, sql: 'update requests set is_staff = true where number = $1' },
    {
      title: 'over a long time',
      left: 1,
      sql: `update requests set asked_at = asked_at - interval '40 days' where number = $1`,
    },
  ])('is none where it is asked $title', async ({ sql }) => {
    const { questions, db, all } = await often();
    const last = (await all()).at(-1)?.number;
    const incidentId = '00000000-0000-4000-8000-0000000000ae';
    await db.query(
      `insert into incidents (incident_id, state, opened_at, last_failed_at, reason, saved_at) values ($1, 'open', now(), now(), 'x', now())
       on conflict do nothing`,
      [incidentId],
    );
    await db.query(sql, sql.includes('$2') ? [last, incidentId] : [last]);
    expect(await questions.sweep()).toBe(0);
  });

  it('that was dismissed is not asked for again', async () => {
    const { questions, suggestions, pressed, written } = await often();
    await questions.sweep();
    const group = (await suggestions())[0]?.notice.groupId;
    expect((await pressed('dismiss-question.v1', dana, { group })).outcome).toBe('not-team');
    expect((await pressed('dismiss-question.v1', priya, { group })).outcome).toBe('dismissed');
    expect((await pressed('pin-question-form.v1', tom, { group, question: 'x', answer: 'y' })).outcome).toBe(
      'settled-already',
    );
    for (const minute of [20, 21, 22]) await written(noah, 'Where is my table', { ts: at(minute) });
    expect(await questions.sweep()).toBe(0);
    expect(await suggestions()).toHaveLength(1);
  });

  it('has a draft from what helped, without names and secrets, and can be pinned by one of two at once', async () => {
    const { questions, suggestions, pressed, all, db } = await often();
    const [first] = await all();
    await pressed('solve-form.v1', priya, {
      id: first?.id,
      resolution: '0dana lacks the role; hunter2. Ask <@U0TOM>.',
    });
    await questions.sweep();
    const group = (await suggestions())[0]?.notice.groupId ?? '';
    const draft = await questions.draft(group);
    expect(draft?.answer).toBe('someone lacks the role; [removed]. Ask someone.');
    expect(draft?.entry).toContain('## What helps\n\nsomeone lacks the role');
    const form = { group, question: draft?.question, answer: draft?.answer };
    const both = await Promise.all([priya, tom].map((who) => pressed('pin-question-form.v1', who, form)));
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['pinned', 'settled-already']);
    const { notice } = (await suggestions())[0] ?? {};
    const { text, blocks } = renderAskedOften(
      Notice.parse(notice) as Parameters<typeof renderAskedOften>[0],
      () => 'priya',
    );
    expect(text).toContain('Pinned as an answer by @priya.');
    expect(JSON.stringify(blocks)).not.toContain('action_id');
    expect(await db.query('select answer from pinned_answers')).toEqual([{ answer: draft?.answer }]);
  });

  it('has no draft any more when its words are erased', async () => {
    const { questions, suggestions, pressed } = await often();
    await questions.sweep();
    await pressed('forget-me.v1', dana, { slackId: dana.slackId });
    expect(await questions.draft((await suggestions())[0]?.notice.groupId ?? '')).toBeUndefined();
  });
});

describe('a draft', () => {
  it('names the question, how others put it, and what helped, each once', () => {
    const facts = { question: 'Where is it?', asked: ['where is it', 'Where did it go?'], times: 3, days: 28 };
    expect(draftRunbook({ ...facts, answers: ['In the vault.', 'in the vault', 'Ask for access.'] })).toBe(
      [
        '# Where is it?',
        '',
        'Asked 3 times in 28 days.',
        '',
        'Others put it so:',
        '',
        '- Where did it go?',
        '',
        '## What helps',
        '',
        '- In the vault.',
        '- Ask for access.',
        '',
      ].join('\n'),
    );
  });

  it('says so where nothing was written down', () => {
    const facts = { question: 'Where is it?', asked: [], times: 3, days: 28 };
    expect(draftRunbook({ ...facts, answers: ['  '] })).toContain('Not written down yet.');
    expect(answerOf(['  '])).toBe('');
  });
});
