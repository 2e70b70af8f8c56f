import { createTestDatabase, type TestDatabase } from '../support/database';
import { openTimeStage } from '../support/time-stage';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const words = ['alpha', 'bravo', 'delta', 'echo', 'golf', 'hotel', 'india', 'kilo', 'lima', 'mike', 'oscar', 'papa'];

describe('a channel that would get more than its pace allows', () => {
  it('gets one card at once; each alert follows at the pace, and what happened while one waited is one reply under it', async () => {
    const { push, goThrough, told, alertOf } = await openTimeStage(database.db, {
      settings: { noise: { reminders: [] } },
      paceMs: 1_000,
    });
    const storm = async () => {
      for (const word of words) {
        await push('failed', `orders_${word}`, { run: word, error: `relation "${word}_raw" does not exist` });
      }
    };
    const alerts = () => told.filter(({ how, text }) => how === 'post' && text.startsWith('🔴 Failed: orders_'));
    const wordOf = ({ text }: { text: string }) => /orders_(\w+)/.exec(text)?.[1];
    // They failed at the same moment, so any of them may be the last to be told.
    let waits = '';
    const oneThatWaitsGoesOn = async () => {
      const toldNow = alerts().map(wordOf);
      waits = words.find((word) => !toldNow.includes(word)) ?? '';
      await push('failed', `orders_${waits}`, { run: waits, attempt: 2 });
      await push('failed', `orders_${waits}`, { run: waits, attempt: 3 });
    };
    await goThrough(
      [
        { at: '1 s', does: storm },
        { at: '6 s', does: oneThatWaitsGoesOn },
      ],
      '1 min',
      1_000,
    );
    const card = told.find(({ text }) => /Storm/.test(text));
    expect(card).toMatchObject({
      how: 'post',
      text: expect.stringMatching(/^🔴 Storm: 12 pipelines hit, 12 problems/),
    });
    expect(card?.atMs).toBeLessThanOrEqual(3_000);
    expect(alerts().map(wordOf).sort()).toEqual([...words].sort());
    const posts = told.filter(({ how }) => how !== 'edit').map(({ atMs }) => atMs);
    expect(posts.slice(1).filter((atMs, index) => atMs - (posts[index] ?? 0) < 1_000)).toEqual([]);
    const ofIt = told.filter(({ text }) => text.includes(waits) && !/problem|pipelines/.test(text));
    expect(ofIt.map(({ how }) => how)).toEqual(['post', 'reply']);
    expect(ofIt[1]?.text).toMatch(/Failed again.*Failed again/s);
    expect(alertOf(`orders_${waits}`)).toMatch(new RegExp(`^🔴 Failed: orders_${waits}.*Attempt 3`));
  });
});
