import { readRequestView } from '../../src/outbox/request-view';
import { renderRequest, renderRequestReply, renderTriage } from '../../src/slack/request-card';
import { renderReading } from '../../src/slack/request-reading';
import { createTestDatabase, emptyTables, type TestDatabase } from '../support/database';
import { dana, openStage, people, person, priya, viewDeps } from './stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => emptyTables(database.db, 'requests, request_events, request_words, posts, people'));

const mei = person('U0MEI', 'f', { teams: ['finance'] });
people.set(mei.slackId, mei);

/** A question about somebody's pay, asked directly, with what follows. */
async function open() {
  const stage = await openStage(database);
  const { pressed, all, db } = stage;
  const direct = (text: string, ts: string) => pressed('slack:message', dana, { text, ts, isDirect: true }, 'D0DANA');
  const move = (team: string, more = {}) => pressed('change-request-form.v1', priya, { id, team, ...more }, 'C0TRIAGE');
  await pressed('ask-form.v1', dana, { origin: 'o', source: 'form', question: 'My pay is halved', isDirect: true });
  const id = (await all())[0]?.id ?? '';
  const view = async () => {
    const read = await readRequestView(viewDeps(db), id, true);
    if (!read) throw new Error('gone');
    return read;
  };
  /** All that stands in the channel of the other team. */
  const inFinance = async () => {
    const rows = await db.query<{ notice: Parameters<typeof renderRequestReply>[0] }>(
      `select notice from posts where channel = '#finance' and kind = 'story' order by seq`,
    );
    const card = renderTriage(await view());
    return [card, ...rows.map(({ notice }) => renderRequestReply(notice, { timeZone: 'UTC' }))];
  };
  return { ...stage, id, direct, move, view, inFinance };
}
const words = /pay|halved|October|wages|ledger/i;

describe('a request that was asked in private', () => {
  it('shows nothing that anybody wrote where others than its team read, once it is moved', async () => {
    const { pressed, id, direct, move, inFinance } = await open();
    await move('finance', { summary: 'Her wages are wrong' });
    await direct('It began in October', '1795597400.000100');
    await pressed('change-request-form.v1', mei, { id, note: 'Look into the ledger', tasks: 'Mend the ledger' });
    await pressed('ask-back-form.v1', mei, { id, question: 'All of October?' });
    await pressed('solve-form.v1', mei, { id, resolution: 'The ledger is mended' });
    const shown = await inFinance();
    expect(shown.map(({ text }) => text).join('\n')).toContain('(asked in private)');
    expect(JSON.stringify(shown)).not.toMatch(words);
    expect(JSON.stringify(shown[0])).toContain('read-request.v1');
    expect(shown.filter(({ text }) => text.includes('Read it')).length).toBeGreaterThan(3);
  });

  it('is read by its team in a form, from its question to its solution', async () => {
    const { pressed, id, direct, move, requests, view } = await open();
    await move('finance', { summary: 'Her wages are wrong' });
    await direct('It began in October', '1795597400.000100');
    await pressed('solve-form.v1', mei, { id, resolution: 'The ledger is mended' });
    const form = JSON.stringify(renderReading(await view(), await requests.words(id), { timeZone: 'UTC' }));
    for (const each of ['My pay is halved', 'Her wages are wrong', 'It began in October', 'The ledger is mended'])
      expect(form).toContain(each);
    expect(requests.mayAnswer(mei, await view())).toBe(true);
    expect(requests.mayAnswer(dana, await view())).toBe(false);
  });

  it('reaches who asked with all words, wherever its card stands', async () => {
    const { pressed, id, move, db, view } = await open();
    await move('finance');
    await pressed('ask-back-form.v1', mei, { id, question: 'All of October?' });
    const told = await db.query(
      `select notice ->> 'say' as say from posts where channel = $1 and kind = 'story' and notice ->> 'what' = 'asked-back'`,
      [dana.slackId],
    );
    expect(told).toEqual([{ say: 'All of October?' }]);
    expect(renderRequest(await view()).text).toContain('My pay is halved');
  });

  it('says so once its words are erased, and offers nothing to read any more', async () => {
    const { pressed, move, view } = await open();
    await move('finance');
    await pressed('forget-me.v1', dana, { slackId: dana.slackId });
    const card = renderTriage(await view());
    expect(card.text).toContain('(words erased)');
    expect(JSON.stringify(card)).not.toMatch(/asked in private|read-request/);
  });

  it('is shown with its words on the card of the team that answers by the settings, there and back', async () => {
    const { move, view } = await open();
    expect(renderTriage(await view()).text).toContain('My pay is halved');
    await move('finance');
    expect(renderTriage(await view()).text).not.toMatch(words);
    await move('enablement');
    expect(renderTriage(await view()).text).toContain('My pay is halved');
  });
});
