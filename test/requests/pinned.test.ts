import { withoutNames } from '../../src/domain/nameless';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { dana, noah, openStage, priya, tom } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() =>
  emptyTables(database.db, 'requests, request_events, request_words, pinned_answers, working_schedules, posts, people'),
);

describe('a pinned answer', () => {
  async function solved() {
    const stage = await openStage(database);
    const id = await stage.asked();
    await stage.pressed('solve-form.v1', priya, { id, resolution: 'Ask Mei for the role reader.' });
    return { ...stage, id };
  }
  const pin = {
    question: 'How do I see the tables of finance?',
    answer: 'Ask <@U0MEI> for the role reader; not hunter2.',
  };

  it('stands first among what is offered, without names and secrets, and counts when it was enough', async () => {
    const { id, pressed, written, all, kinds, requests, db } = await solved();
    expect((await pressed('pin-answer-form.v1', priya, { id, ...pin })).outcome).toBe('pinned');
    await written(noah, 'where is the table of finance? how do I see it?', { ts: '1795597900.000100' });
    const second = (await all())[1]?.id ?? '';
    const [offered] = await db.query<{ answers: { id: string; pinned?: boolean; resolution: string }[] }>(
      `select notice -> 'answers' as answers from posts where request_id = $1 and notice ->> 'what' = 'answers'`,
      [second],
    );
    expect(offered?.answers[0]).toMatchObject({
      pinned: true,
      resolution: 'Ask someone for the role reader; not [removed].',
    });
    await pressed('answer-solved.v1', noah, { id: second, answer: offered?.answers[0]?.id });
    expect(await requests.find(second)).toMatchObject({ howSolved: 'deflected' });
    expect(await kinds(second)).toEqual(['opened', 'answered-first', 'solved', 'surveyed']);
  });

  it('is pinned once, also by two at once, by the team alone, and is in the audit trail', async () => {
    const { id, pressed, db } = await solved();
    expect((await pressed('pin-answer-form.v1', dana, { id, ...pin })).outcome).toBe('not-team');
    const both = await Promise.all([priya, tom].map((who) => pressed('pin-answer-form.v1', who, { id, ...pin })));
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['pinned', 'pinned-already']);
    const [answer] = await db.query<{ id: string }>('select answer_id as id from pinned_answers');
    expect((await pressed('unpin-answer.v1', dana, { answer: answer?.id })).outcome).toBe('not-team');
    const outcomes = [];
    for (const who of [priya, tom])
      outcomes.push((await pressed('unpin-answer.v1', who, { answer: answer?.id })).outcome);
    expect(outcomes).toEqual(['unpinned', 'not-pinned']);
    const trail = await db.query(`select what, kind from audit where kind = 'answer' order by seq desc limit 2`);
    expect(trail).toEqual([
      { what: 'unpinned', kind: 'answer' },
      { what: 'pinned', kind: 'answer' },
    ]);
  });

  it('is not offered for another question, nor after it was unpinned', async () => {
    const { id, pressed, written, stories, db } = await solved();
    await pressed('pin-answer-form.v1', priya, { id, ...pin });
    await written(noah, 'Please restart the notebook server', { ts: '1795597900.000100' });
    const [answer] = await db.query<{ id: string }>('select answer_id as id from pinned_answers');
    await pressed('unpin-answer.v1', priya, { answer: answer?.id });
    await written(noah, 'How do I see finance?', { ts: '1795597950.000100' });
    expect(await stories('request')).toEqual(['solved']);
  });
});

it.each([
  ['Ask <@U012AB|mei> or dana.b@shop.example', [], 'Ask someone or someone'],
  ['Dana said so, and @dana knows', ['dana'], 'someone said so, and someone knows'],
  ['Mei Tanaka asked', ['Mei Tanaka'], 'someone asked'],
  ['The danable table', ['dana'], 'The danable table'],
  ['go to a.b (c)', ['a.b', 'go'], 'go to someone (c)'],
  ['ping <!subteam^S012|crew>', [], 'ping the team'],
])('%s names nobody for %s', (text, names, said) => {
  expect(withoutNames(text, names)).toBe(said);
});
