import { readRequestView } from '../../src/outbox/request-view';
import { renderRequest, renderRequestReply, renderTriage } from '../../src/slack/request-card';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { dana, noah, openStage, priya, question, viewDeps } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() =>
  emptyTables(database.db, 'requests, request_events, request_words, question_groups, posts, people, presses'),
);

/** Seconds after the question, as Slack stamps them. */
const stamp = (seconds: number) => `${(1_795_597_200 + seconds).toFixed(1)}00200`;

async function open() {
  const stage = await openStage(database);
  const { pressed, db } = stage;
  const edited = (text: string, changedTs: string, ts = question, by = dana, channel = 'C0HELP') =>
    pressed('slack:message', by, { text, ts, change: 'edited', changedTs }, channel);
  const deleted = (changedTs: string, ts = question, by = dana, channel = 'C0HELP') =>
    pressed('slack:message', by, { text: '', ts, change: 'deleted', changedTs }, channel);
  const view = async (id: string) => {
    const read = await readRequestView(viewDeps(db), id, true);
    if (!read) throw new Error('gone');
    return read;
  };
  const stories = (id: string) =>
    db.query<{ notice: { what: string; say?: string; answers?: { number: number }[] }; stale: boolean }>(
      `select notice, wanted_version > sent_version as stale from posts where request_id = $1 and kind = 'story' order by seq`,
      [id],
    );
  /** As the outbox leaves them. */
  const sendAll = () => db.query(`update posts set state = 'sent', ts = '1.1', sent_version = wanted_version`);
  const solved = async (text: string, ts: string, resolution: string) => {
    await pressed('slack:message', noah, { text, ts }, 'C0HELP');
    const last = (await stage.all()).at(-1);
    await pressed('solve-form.v1', priya, { id: last?.id, resolution });
    return last?.id ?? '';
  };
  return { ...stage, edited, deleted, view, stories, sendAll, solved };
}

describe('a question that is edited in Slack', () => {
  it('is edited on the card and in the queue, and the card says when', async () => {
    const { asked, edited, view, sendAll, db, requests } = await open();
    const id = await asked();
    await sendAll();
    expect(await edited('Where is the table orders, with hunter2?', stamp(60))).toEqual({
      outcome: 'question changed',
    });
    const card = renderTriage(await view(id));
    expect(card.text).toContain('Where is the table orders, with [removed]?');
    expect(JSON.stringify(card.blocks)).toContain('Question changed <!date');
    const stale = await db.query(`select role from posts where wanted_version > sent_version order by role`);
    expect(stale).toEqual([{ role: 'request' }, { role: 'triage' }]);
    expect((await requests.queue({ actor: priya, limit: 5 })).requests[0]?.question).toContain('orders');
  });

  it('is what it was edited to last, in whatever order the edits arrive', async () => {
    const { asked, edited, all } = await open();
    await asked();
    await edited('The newest', stamp(90));
    expect(await edited('The one before', stamp(60))).toEqual({ outcome: 'changed since' });
    expect(await all()).toMatchObject([{ question: 'The newest' }]);
  });

  it('is theirs alone: of a message that somebody else wrote nothing is taken', async () => {
    const { asked, edited, all } = await open();
    await asked();
    expect(await edited('Something else', stamp(60), question, noah)).toEqual({ outcome: 'edited unheard' });
    expect(await all()).toMatchObject([{ question: 'Where is my table?' }]);
  });

  it('loses the name by which the bot was called, as it did at first', async () => {
    const { pressed, edited, all } = await open();
    await pressed('slack:app_mention', dana, { text: '<@UBOT> my table is lat', ts: question });
    await edited('<@UBOT> my table is late', stamp(60));
    expect(await all()).toMatchObject([{ question: 'my table is late' }]);
  });

  it('is offered other answers, in the message that offered the first ones, until somebody has answered', async () => {
    const { pressed, edited, all, solved, stories, sendAll, written, view } = await open();
    await solved('The invoices export is stuck in the gateway', stamp(1), 'Restart the gateway');
    await solved('The parquet reader rejects decimals', stamp(2), 'Cast them to doubles');
    await pressed('slack:message', dana, { text: 'Invoices export stuck in gateway again', ts: question });
    const id = (await all()).at(-1)?.id ?? '';
    expect((await stories(id)).map(({ notice }) => notice.answers?.map(({ number }) => number))).toEqual([
      [(await all())[0]?.number],
    ]);
    await sendAll();
    await edited('Why does the parquet reader reject my decimals', stamp(60));
    const told = await stories(id);
    expect(told).toMatchObject([{ notice: { answers: [{ number: (await all())[1]?.number }] }, stale: true }]);
    expect((await view(id)).known?.similar.map(({ question: like }) => like)).toEqual([
      'The parquet reader rejects decimals',
    ]);
    await edited('zzz qqq', stamp(70));
    expect((await stories(id))[0]?.notice.answers).toEqual([]);
    await written(priya, 'I am on it', { ts: stamp(80), threadTs: question });
    await edited('Invoices export stuck in gateway again', stamp(90));
    expect((await stories(id))[0]?.notice.answers).toEqual([]);
  });

  it('is found by its new words, not by the old ones', async () => {
    const { solved, edited, pressed, all, stories } = await open();
    await solved('The invoices export is stuck in the gateway', stamp(1), 'Restart it');
    await edited('The parquet reader rejects decimals', stamp(60), stamp(1), noah);
    await pressed('slack:message', dana, { text: 'Invoices export stuck in gateway again', ts: question });
    await pressed('slack:message', dana, { text: 'Parquet reader rejects my decimals', ts: stamp(70) });
    const [, old, renewed] = await all();
    expect(await stories(old?.id ?? '')).toEqual([]);
    expect(await stories(renewed?.id ?? '')).toHaveLength(1);
  });

  it('does not come back once its words are erased', async () => {
    const { asked, edited, pressed, all } = await open();
    await asked();
    await pressed('forget-me.v1', dana, { slackId: dana.slackId });
    await edited('Here I am again', stamp(60));
    expect(await all()).toMatchObject([{ question: '' }]);
  });
});

describe('what is said in a thread and edited', () => {
  it('is edited where it is quoted to the team, and in what is drafted from it', async () => {
    const { pressed, all, edited, deleted, stories, sendAll, db } = await open();
    await pressed('ask-form.v1', dana, { origin: 'o', source: 'form', question: 'My pay is wrong', isDirect: true });
    const id = (await all())[0]?.id ?? '';
    await pressed('slack:message', dana, { text: 'In Octobre', ts: stamp(60), isDirect: true }, 'D0DANA');
    await sendAll();
    await edited('In October', stamp(70), stamp(60), dana, 'D0DANA');
    expect(await stories(id)).toMatchObject([{ notice: { what: 'wrote', say: 'In October' }, stale: true }]);
    expect(await db.query(`select words from request_words`)).toEqual([{ words: 'In October' }]);
    await deleted(stamp(80), stamp(60), dana, 'D0DANA');
    expect((await stories(id))[0]?.notice).not.toHaveProperty('say');
    expect(await db.query(`select words from request_words`)).toEqual([]);
  });
});

describe('a question that is deleted in Slack', () => {
  it('ends its request where nobody had taken it up, and asks for no rating', async () => {
    const { asked, deleted, view, kinds, stories } = await open();
    const id = await asked();
    expect(await deleted(stamp(5))).toEqual({ outcome: 'withdrawn' });
    expect(await kinds(id)).toEqual(['opened', 'solved']);
    const seen = await view(id);
    expect(renderTriage(seen).text).toMatch(/Withdrawn: request.*\(deleted\).*Withdrawn/s);
    const shown = renderRequest(seen);
    expect(shown.text).toContain('The question was deleted before anybody had it');
    expect(JSON.stringify(shown)).not.toMatch(/rate-request|Where is my table/);
    expect(await stories(id)).toEqual([]);
  });

  it('takes its words out, and tells the team where somebody is at it', async () => {
    const { asked, deleted, pressed, view, stories } = await open();
    const id = await asked();
    await pressed('claim-request.v1', priya, { id });
    expect(await deleted(stamp(60))).toEqual({ outcome: 'question taken out' });
    const seen = await view(id);
    expect(seen).toMatchObject({ state: 'open', question: '(deleted)' });
    const last = (await stories(id)).at(-1)?.notice;
    expect(last).toMatchObject({ what: 'question-deleted' });
    expect(
      renderRequestReply({ kind: 'request', at: new Date(), what: 'question-deleted', number: 1 }, { timeZone: 'UTC' })
        .text,
    ).toContain('its words are gone here too');
  });

  it('is offered to nobody any more, and is no question that comes again', async () => {
    const { solved, deleted, pressed, all, stories, questions, db } = await open();
    await solved('The invoices export is stuck in the gateway', stamp(1), 'Restart the gateway');
    await pressed('slack:message', dana, { text: 'Invoices export stuck in gateway again', ts: question });
    const id = (await all()).at(-1)?.id ?? '';
    await deleted(stamp(60), stamp(1), noah);
    expect((await stories(id))[0]?.notice.answers).toEqual([]);
    await pressed('slack:message', dana, { text: 'Restart of the gateway with invoices', ts: stamp(70) });
    expect(await stories((await all()).at(-1)?.id ?? '')).toEqual([]);
    await db.query(`update requests set question = '(deleted)'`);
    await questions.sweep();
    expect(await db.query(`select from question_groups`)).toEqual([]);
  });
});

describe('a question that is deleted before its thread had an answer', () => {
  it.each([
    { where: 'a direct message', isDirect: true },
    { where: 'a channel', isDirect: false },
  ])(
    'leaves nothing set aside: who asked in $where reads once that it has ended, and later answers reach them',
    async ({ isDirect }) => {
      const { pressed, deleted, all, solved, requests, view, db } = await open();
      await solved('The invoices export is stuck in the gateway', stamp(1), 'Restart the gateway');
      const channel = isDirect ? 'D0DANA' : 'C0HELP';
      const text = 'Invoices export stuck in gateway again';
      await pressed('slack:message', dana, { text, ts: question, isDirect }, channel);
      const id = (await all()).at(-1)?.id ?? '';
      const posts = () =>
        db.query(
          `select role, state, channel, notice ->> 'what' as what from posts where request_id = $1 and role <> 'triage' order by seq`,
          [id],
        );
      expect(await posts()).toMatchObject([{ role: 'request' }, { what: 'answers' }]);
      expect(await deleted(stamp(0.1), question, dana, channel)).toEqual({ outcome: 'withdrawn' });
      await db.query(
        `update posts set state = 'parked', parked_reason = 'thread_not_found' where request_id = $1 and role = 'request'`,
        [id],
      );
      expect([await requests.sweep(), await requests.sweep()]).toEqual([1, 0]);
      expect(await posts()).toEqual([{ role: 'request', state: 'waiting', channel: dana.slackId, what: null }]);
      const { text: told } = renderRequest(await view(id));
      expect(told).toMatch(/Withdrawn.*The question was deleted before anybody had it, so this has ended/);
      expect(told).not.toMatch(/goes on here|asks:/);
      await pressed('reopen-request.v1', priya, { id });
      await pressed('ask-back-form.v1', priya, { id, question: 'Did it work?' });
      expect(await posts()).toContainEqual({
        role: 'reply',
        what: 'asked-back',
        channel: dana.slackId,
        state: 'waiting',
      });
      expect(renderRequest(await view(id)).text).toMatch(/was deleted, so it goes on here/);
    },
  );
});

describe('a question that is heard of late, since Slack had to tell it again', () => {
  it('is what it was edited to meanwhile, and none where it was deleted', async () => {
    const { clock, messages, pressed, all } = await open();
    clock.pass(60_000);
    messages.set(question, { user: dana.slackId, text: 'Where is my other table?' });
    messages.set(stamp(2), { user: 'USLACKBOT', text: 'This message was deleted.' });
    for (const ts of [question, stamp(1), stamp(2)])
      await pressed('slack:message', dana, { text: 'Where is my table?', ts });
    expect(await all()).toMatchObject([{ question: 'Where is my other table?' }]);
  });
});

describe('a message that is changed before it was carried out', () => {
  const posted = { text: 'Where is my table?', ts: question };
  const deletion = { text: '', ts: question, change: 'deleted', changedTs: stamp(0.1) };

  it.each([
    { title: 'a post', name: 'slack:message' },
    { title: 'a mention', name: 'slack:app_mention' },
  ])('asks nothing once it is deleted: $title, in either order', async ({ name }) => {
    const { heard, all } = await open();
    expect(await heard(dana, deletion)).toBe('deleted unheard');
    expect(await heard(dana, posted, name)).toBe('deleted since');
    expect(await all()).toEqual([]);
    const later = stamp(2);
    expect(await heard(dana, { ...posted, ts: later }, name)).toBe('asked');
    expect(await heard(dana, { ...deletion, ts: later, changedTs: stamp(2.1) })).toBe('withdrawn');
    expect(await all()).toMatchObject([{ state: 'solved' }]);
  });

  it('is never left open, where both are carried out at once', async () => {
    const { heard, all } = await open();
    for (let second = 1; second <= 12; second += 1) {
      const ts = stamp(second);
      const both = [() => heard(dana, { ...posted, ts }), () => heard(dana, { ...deletion, ts })];
      await Promise.all((second % 2 ? both : both.reverse()).map((each) => each()));
    }
    expect((await all()).filter(({ state }) => state !== 'solved')).toEqual([]);
  });

  it('is what it was edited to', async () => {
    const { heard, all, messages } = await open();
    messages.set(question, { user: dana.slackId, text: 'Where is my other table?' });
    const edit = { text: 'Where is my other table?', ts: question, change: 'edited', changedTs: stamp(0.1) };
    expect(await heard(dana, edit)).toBe('edited unheard');
    await heard(dana, posted);
    expect(await all()).toMatchObject([{ question: 'Where is my other table?' }]);
  });

  it('tells the team nothing of a reply that is gone again', async () => {
    const { heard, db } = await open();
    await heard(dana, posted);
    const reply = { text: 'My password is hunter3', ts: stamp(5), threadTs: question };
    await heard(dana, { text: '', ts: reply.ts, threadTs: question, change: 'deleted', changedTs: stamp(5.1) });
    expect(await heard(dana, reply)).toBe('deleted since');
    expect(await db.query(`select from request_words`)).toEqual([]);
  });

  it('is heard of by its press alone, before there is a request', async () => {
    const { db, requests } = await open();
    await db.query(
      `insert into presses (press_key, name, value, slack_id, channel, message_ts, received_at)
       values ('event:x', 'slack:reaction_added', '{}', 'U0PRIYA', 'C0LUNCH', '9.1', '2026-11-25T09:00:00Z')`,
    );
    expect(await requests.holds('C0LUNCH', '9.1')).toBe(true);
    expect(await requests.holds('C0LUNCH', '9.2')).toBe(false);
  });
});
