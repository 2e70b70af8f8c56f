import type { ActionCard } from '../../src/domain/action';
import { renderActionCard } from '../../src/slack/action-card';
import { checkBlocks } from '../../src/workspace/blocks/check';

const nine = new Date('2026-11-24T09:00:00Z');
const card = (differs: Partial<ActionCard> = {}): ActionCard => ({
  id: '11111111-1111-4111-8111-111111111111',
  kind: 'retry',
  state: 'following',
  what: 'run 118 of orders_daily',
  by: 'U0DANA',
  askedAt: nine,
  how: [],
  leftOut: [],
  downstream: { total: 0, names: [] },
  isLarge: false,
  words: [],
  turn: 0,
  timeZone: 'UTC',
  now: nine,
  ...differs,
});
const labels = (shown: ActionCard) =>
  renderActionCard(shown, () => 'Dana').blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.map((each) => ('text' in each ? each.text?.text : undefined)) : [],
  );

describe('the message of an action', () => {
  it('offers a second person yes and no, and who asked the way back, while one is waited for', () => {
    const shown = card({
      state: 'awaiting-approval',
      approval: { until: nine, reason: 'This needs a yes from *ops*.' },
    });
    expect(labels(shown)).toEqual(['Approve', 'Decline', 'Withdraw']);
    expect(renderActionCard(shown).blocks[0]).toMatchObject({ accessory: { action_id: 'break-glass.v1' } });
    expect(renderActionCard(shown, () => 'Dana').text).toContain('Waits for a second person');
    expect(checkBlocks(renderActionCard(shown).blocks, 'message')).toEqual([]);
  });

  it('shows who is to say yes what exactly it would do', () => {
    const how = ['From 20261110 to 20261121, the oldest first.'];
    const approval = { until: nine, reason: 'This needs a yes from *ops*.' };
    const shown = (differs: Partial<ActionCard>) => JSON.stringify(renderActionCard(card({ how, ...differs })).blocks);
    expect(shown({ state: 'awaiting-approval', approval })).toContain(how[0]);
    expect(shown({ state: 'succeeded' })).not.toContain(how[0]);
  });

  it('names the second person who said yes, and what they said', () => {
    const approved = { by: 'U0PRIYA', say: 'The queue is empty tonight' };
    const { text, blocks } = renderActionCard(card({ state: 'succeeded', approved }), (id) =>
      id === 'U0PRIYA' ? 'Priya' : 'Dana',
    );
    expect(text).toContain('asked by @Dana, approved by @Priya: Done');
    expect(JSON.stringify(blocks)).toContain('Asked by @Dana, approved by @Priya');
    expect(JSON.stringify(blocks)).toContain('They said: The queue is empty tonight');
  });

  it('names the second person who said no, and what to do then', () => {
    const declined = { by: 'U0PRIYA', say: 'Not before Monday' };
    const { text, blocks } = renderActionCard(card({ state: 'refused', declined }), (id) =>
      id === 'U0PRIYA' ? 'Priya' : 'Dana',
    );
    expect(text).toContain('asked by @Dana: Declined');
    expect(JSON.stringify(blocks)).toContain('@Priya declined it, so nothing was done. Please ask them');
    expect(JSON.stringify(blocks)).toContain('They said: Not before Monday');
  });

  it('can be cancelled while it waits for its turn', () => {
    const shown = card({ kind: 'start', state: 'asked', isBusy: true, words: ['cancel'], say: 'A run is going.' });
    expect(labels(shown)).toEqual(['Cancel']);
    expect(renderActionCard(shown).text).toContain('Waits for its turn');
    expect(checkBlocks(renderActionCard(shown).blocks, 'message')).toEqual([]);
  });

  it('says that it is held, not that it goes, while all bulk work is paused', () => {
    const held = { total: 14, waiting: 14, running: 0, succeeded: 0, failed: 0, left: 0, isBulkOff: true };
    const text = (shown: ActionCard) => renderActionCard(shown, () => 'Dana').text;
    expect(text(card({ state: 'releasing', progress: held }))).toContain('Held while all bulk work is paused');
    expect(text(card({ state: 'releasing', progress: { ...held, isBulkOff: false } }))).toContain('Under way');
    expect(text(card({ state: 'paused', progress: held }))).toMatch(/: Paused.*All bulk work is paused now/);
  });

  it.each(['following', 'refused', 'expired'] as const)('offers nothing of the kind when %s', (state) => {
    expect(labels(card({ state }))).toEqual([]);
  });

  it.each(['succeeded', 'failed'] as const)('asks whether it helped when %s', (state) => {
    expect(labels(card({ state, settledAt: nine }))).toEqual(['👍 It helped', '👎 It did not']);
  });

  it('leads back to the version before, once another one is in force', () => {
    const back = { connection: 'prod', key: 'orders_daily', version: '12' };
    const shown = card({ kind: 'redeploy', state: 'succeeded', settledAt: nine, back });
    expect(labels(shown)).toEqual(['Back to version 12', '👍 It helped', '👎 It did not']);
    expect(checkBlocks(renderActionCard(shown).blocks, 'message')).toEqual([]);
  });

  const progress = { total: 14, waiting: 4, running: 3, succeeded: 5, failed: 2, left: 0 };
  it('says why it has paused by itself, and no more how long it was thought to take', () => {
    const paused = { state: 'paused', isLarge: true, expectedMs: 360_000 } as const;
    const text = (shown: ActionCard) => JSON.stringify(renderActionCard(shown).blocks[0]);
    expect(text(card({ ...paused, progress: { ...progress, stopped: 'too-many-failed' } }))).toContain(
      'Paused by itself, since 2 have failed',
    );
    expect(text(card({ ...paused, progress: { ...progress, stopped: 'canary-failed' } }))).toContain(
      'Paused by itself, since the first one failed',
    );
    expect(text(card({ ...paused, progress }))).not.toContain('Takes about');
    expect(text(card({ state: 'asked', isLarge: true, expectedMs: 360_000 }))).toContain('Takes about 6 min');
  });

  it.each([
    { state: 'asked', words: [], offers: [] },
    { state: 'releasing', words: ['pause', 'cancel'], offers: ['Pause', 'Cancel rest'] },
    { state: 'following', words: ['cancel'], offers: ['Cancel rest'] },
    { state: 'paused', words: ['resume', 'cancel'], offers: ['Resume', 'Cancel rest'] },
    { state: 'cancelling', words: [], offers: [] },
    { state: 'failed', words: [], offers: ['Retry 2 failed', '👍 It helped', '👎 It did not'] },
    { state: 'cancelled', words: [], offers: ['Retry 2 failed'] },
    { state: 'succeeded', words: [], offers: ['👍 It helped', '👎 It did not'] },
  ] as const)('of many offers $offers when $state', ({ state, words, offers }) => {
    const isOver = state === 'failed' || state === 'cancelled' || state === 'succeeded';
    const shown = card({
      state,
      words: [...words],
      isLarge: true,
      progress: state === 'succeeded' ? { ...progress, failed: 0 } : progress,
      ...(isOver ? { settledAt: nine } : {}),
    });
    expect(labels(shown)).toEqual(offers);
    expect(checkBlocks(renderActionCard(shown).blocks, 'message')).toEqual([]);
  });

  it('asks before the rest is cancelled, and names what is', () => {
    const shown = renderActionCard(
      card({ state: 'releasing', isLarge: true, words: ['pause', 'cancel'], what: '14 runs of 3 pipelines' }),
    );
    expect(JSON.stringify(shown.blocks)).toContain(
      'Retry of 14 runs of 3 pipelines: what has not begun is left as it is. What has begun comes to its end.',
    );
  });

  it('stays within what Slack takes, whatever stands in it', () => {
    const names = Array.from({ length: 20 }, (_, index) => `<!channel> ${'pipe'.repeat(60)}_${index}`);
    const leftOut = Array.from({ length: 9 }, () => ({ say: 'x'.repeat(500), count: 5_000, names }));
    const shown = card({ leftOut, downstream: { total: 900, names }, say: '`y` '.repeat(900) });
    const { blocks } = renderActionCard(shown);
    expect(checkBlocks(blocks, 'message')).toEqual([]);
    expect(JSON.stringify(blocks)).not.toContain('<!channel>');
  });
});
