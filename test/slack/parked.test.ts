import { ParkedCause, type ParkedList, type ParkedPost, parkedCause, parkedCauses } from '../../src/domain/parked';
import { renderParked, renderParkedAnswer } from '../../src/slack/parked';
import { checkBlocks } from '../../src/workspace/blocks/check';

const asker = { command: '/pipeline', timeZone: 'Europe/Berlin' };
const post = (differs: Partial<ParkedPost> = {}): ParkedPost => ({
  id: '11111111-1111-4111-8111-111111111111',
  role: 'parent',
  channel: '#orders-data',
  pipeline: 'orders_daily',
  reason: 'not_in_channel',
  since: new Date('2026-11-25T09:00:00Z'),
  replies: 0,
  ...differs,
});
const list = (posts: ParkedPost[], differs: Partial<ParkedList> = {}): ParkedList => ({
  posts,
  causes: [{ cause: 'unseen', count: posts.length }],
  total: posts.length,
  page: 1,
  pages: 1,
  ...differs,
});

describe('the list of what was set aside', () => {
  it('says so when there is nothing', () => {
    expect(renderParked(list([], { causes: [] }), asker).text).toBe(
      'Nothing is set aside: every post has found its way to Slack.',
    );
  });

  it('says what, where, why, since when, and what to do, also without its blocks', () => {
    const { text, blocks } = renderParked(list([post({ replies: 2 })]), asker);
    expect(text).toBe(
      '1 post set aside. 1 post: Pitcrew does not see this channel. Invite Pitcrew there and send it again. Is the name in pitcrew.yaml wrong: correct it and drop this. Alert of orders_daily in #orders-data, since 25 Nov 2026, 10:00 CET.',
    );
    const all = JSON.stringify(blocks);
    expect(all).toContain('2 replies wait for it');
    expect(all).toContain('`not_in_channel`');
    expect([...all.matchAll(/"action_id":"([^"]+)"/g)].map(([, id]) => id)).toEqual([
      'resend-alike.v1',
      'resend-parked.v1',
      'drop-parked.v1',
    ]);
  });

  it.each<{ differs: Partial<ParkedPost>; said: string }>([
    { differs: { role: 'reply' }, said: 'News in the thread of orders_daily in #orders-data' },
    { differs: { role: 'card', pipeline: undefined }, said: 'Card of a storm in #orders-data' },
    { differs: { role: 'direct', channel: 'U0DANA' }, said: 'Direct message about orders_daily in <@U0DANA>' },
  ])('says "$said"', ({ differs, said }) => {
    expect(renderParked(list([post(differs)]), asker).text).toContain(said);
  });

  it('keeps to what Slack takes with every reason and the longest names, and names the next page', () => {
    const wide = post({ pipeline: '<'.repeat(3_000), channel: `#${'&'.repeat(3_000)}`, reason: '>'.repeat(300) });
    const causes = ParkedCause.options.map((cause) => ({ cause, count: 12 }));
    const message = renderParked(
      list(
        Array.from({ length: 8 }, () => wide),
        { causes, total: 96, pages: 12 },
      ),
      asker,
    );
    expect(checkBlocks(message.blocks, 'message')).toEqual([]);
    expect(message.blocks.length).toBeLessThanOrEqual(50);
    expect(message.text).toMatch(/Page 1 of 12; \/pipeline parked 2 shows the next\.$/);
  });

  it.each([
    ['may have been posted; the history cannot be read: not_in_channel', 'doubtful'],
    ['channel_not_found', 'unseen'],
    ['is_archived', 'archived'],
    ['restricted_action', 'forbidden'],
    ['thread_not_found', 'gone'],
    ['msg_blocks_too_long', 'content'],
    ['nothing to show any more', 'empty'],
    ['a fault of ours, see the log', 'other'],
  ] as const)('takes "%s" for %s', (reason, cause) => {
    expect(parkedCause(reason)).toBe(cause);
    expect(parkedCauses[cause].todo).not.toBe('');
  });

  it('answers a press with what is left to look at', () => {
    expect(renderParkedAnswer({ kind: 'not-parked' }, asker).text).toBe(
      'That is not set aside any more: somebody was faster. /pipeline parked shows what is left.',
    );
  });
});
