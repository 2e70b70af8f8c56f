import type { SubscriptionList } from '../../src/domain/subscription';
import { limits } from '../../src/slack/limits';
import { sizeOf, textsOf } from '../../src/slack/message';
import { renderSubscription, renderSubscriptions } from '../../src/slack/subscriptions';
import { checkBlocks } from '../../src/workspace/blocks/check';

const asker = { command: '/pipeline', timeZone: 'Europe/Berlin' };
const at = new Date('2026-11-25T09:00:00Z');
const numbered = (count: number, name: (n: number) => string) => Array.from({ length: count }, (_, n) => name(n + 1));

function list(subscribed: string[], muted: string[], followed: string[]): SubscriptionList {
  return {
    channel: subscribed.map((wording) => ({ wording, by: 'U0DANA', at, fits: 12 })),
    mutes: muted.map((key) => ({ key, by: 'U0DANA', until: at })),
    follows: followed.map((key) => ({ key, at })),
  };
}

/** Every page, by what each says to type for the next. */
function pagesOf(of: SubscriptionList) {
  const pages = [renderSubscriptions(of, asker)];
  for (;;) {
    const next = /\/pipeline subscriptions (\d+) shows the next/.exec(pages.at(-1)?.text ?? '');
    if (!next || pages.length > 500) return pages;
    pages.push(renderSubscriptions(of, asker, Number(next[1])));
  }
}

describe('the list of subscriptions', () => {
  it.each([
    { title: 'plain names', name: (n: number) => `orders_${n}` },
    { title: 'names of 250 characters', name: (n: number) => `${n}_`.padEnd(250, 'x') },
    { title: 'names that grow when they are escaped', name: (n: number) => `${n}_`.padEnd(50, '&') },
  ])('of 300 subscriptions, 50 mutes and 40 pipelines that are followed leaves none out: with $title', ({ name }) => {
    const [subscribed, muted, followed] = [numbered(300, name), numbered(50, name), numbered(40, name)];
    const pages = pagesOf(list(subscribed, muted, followed));
    for (const { text, blocks } of pages) {
      expect(checkBlocks(blocks, 'message')).toEqual([]);
      expect(sizeOf(blocks)).toBeLessThanOrEqual(limits.message.blocksTotal);
      expect(text.length).toBeLessThanOrEqual(limits.message.textAdvised);
    }
    const undone = pages
      .flatMap(({ blocks }) => textsOf(blocks).flatMap((text) => text.match(/undo: `[^`]+`/g) ?? []))
      .map((each) => each.replaceAll('&amp;', '&'));
    expect(undone).toEqual([
      ...subscribed.map((wording) => `undo: \`/pipeline unsubscribe ${wording}\``),
      ...muted.map((key) => `undo: \`/pipeline unmute ${key}\``),
      ...followed.map((key) => `undo: \`/pipeline unfollow ${key}\``),
    ]);
  });

  it('says which page it is, and shows the last where there are not so many', () => {
    const many = list(
      numbered(45, (n) => `orders_${n}`),
      [],
      [],
    );
    expect(renderSubscriptions(many, asker, 2).text).toMatch(
      /orders_21, .* Page 2 of 3; \/pipeline subscriptions 3 shows the next\./,
    );
    expect(renderSubscriptions(many, asker, 99).text).toContain('Page 3 of 3.');
    expect(renderSubscriptions(list(['a'], [], []), asker).text).not.toContain('Page');
  });

  it('says how to begin where there is nothing', () => {
    const { text, blocks } = renderSubscriptions(list([], [], []), asker);
    expect(text).toMatch(/^This channel has subscribed to nothing\. You follow nothing\./);
    expect(textsOf(blocks).join('\n')).toContain('`/pipeline subscribe orders_*`');
  });
});

it.each([
  { kind: 'not-subscribed' as const, wording: 'x', have: numbered(9, (n) => `orders_${n}`) },
  { kind: 'not-followed' as const, asked: 'x', have: numbered(9, (n) => `orders_${n}`) },
])('the answer $kind names some of many, and what lists them all', (answer) => {
  expect(renderSubscription(answer, asker).text).toMatch(
    /orders_5 and 4 more\. \/pipeline subscriptions lists them all\.$/,
  );
});
