import { walkDownstream } from '../../src/domain/downstream';
import { renderImpact, renderOwnersTold } from '../../src/slack/impact';
import { sizeOf, textsOf } from '../../src/slack/message';
import { checkBlocks } from '../../src/workspace/blocks/check';
import { impactAnswer } from './views';

const asker = { command: '/pipeline', timeZone: 'UTC' };

describe('renderImpact', () => {
  it('lists what waits as a tree, with owners and the age of that knowledge', () => {
    const { text, blocks } = renderImpact(impactAnswer(), asker);
    expect(text).toContain(
      '3 things and 1 table wait for orders_daily. Nearest: dwh.orders · table; Revenue · finance · due 08:00',
    );
    const shown = JSON.stringify(blocks);
    expect(shown).toContain(
      '└ dwh.orders · table\\n  ├ Revenue · finance · due 08:00\\n  │ └ Board report · dashboard\\n  └ forecast · planning',
    );
    expect(shown).toContain('*Owners who wait:* *finance* (1), *planning* (1)');
    expect(shown).toContain('Newest word on what feeds what');
    expect(checkBlocks(blocks, 'message')).toEqual([]);
  });

  it('says of two of one name that one thing waits, as it is counted', () => {
    const downstream = walkDownstream(
      ['pipeline:prod/orders_daily'],
      ['pipeline:prod/report', 'dashboard:report'].map((to) => ({
        from: 'pipeline:prod/orders_daily',
        to,
        seenAt: new Date(0),
      })),
      (node) => ({ kind: node.startsWith('dashboard') ? 'dashboard' : 'pipeline', name: 'report' }),
    );
    const { text } = renderImpact(impactAnswer({ downstream, owners: [] }), asker);
    expect(text).toMatch(/^1 thing waits for orders_daily\. /);
  });

  it('shows the picture with its words for those who cannot see it', () => {
    const { blocks } = renderImpact(impactAnswer(), {
      ...asker,
      picture: { fileId: 'F0123456789', alt: 'Graph: 4 things' },
    });
    expect(blocks[1]).toMatchObject({ type: 'image', slack_file: { id: 'F0123456789' }, alt_text: 'Graph: 4 things' });
    expect(checkBlocks(blocks, 'message')).toEqual([]);
  });

  it('says that nothing is known rather than that nothing waits', () => {
    const downstream = { nodes: [], edges: [], total: 0 };
    const { text } = renderImpact(impactAnswer({ downstream, owners: [] }), asker);
    expect(text).toContain('I know of nothing that waits for orders_daily');
    expect(text).toContain('I cannot tell that nothing does');
  });

  it.each([
    { asked: 'ordres', didYouMean: ['orders_daily'], says: 'Did you mean /pipeline impact orders_daily?' },
    { asked: '', didYouMean: [], says: 'Which pipeline?' },
  ])('helps on with what it does not know: "$asked"', ({ asked, didYouMean, says }) => {
    expect(renderImpact({ kind: 'none', asked, didYouMean }, asker).text).toContain(says);
  });

  it('keeps within what Slack takes, and counts what it leaves out', () => {
    const at = new Date('2026-11-24T09:00:00Z');
    const edges = Array.from({ length: 900 }, (_, index) => ({
      from: index < 30 ? 'pipeline:prod/orders_daily' : `pipeline:prod/n${index % 30}`,
      to: `pipeline:prod/n${index}`,
      seenAt: at,
    }));
    const downstream = walkDownstream(['pipeline:prod/orders_daily'], edges, (node) => ({
      kind: 'pipeline',
      name: `<!channel> & \`x\` ${node} ${'long '.repeat(30)}`,
      team: `team ${node}`,
    }));
    const owners = downstream.nodes.map(({ team = '' }) => ({ who: team, count: 1 }));
    const { blocks, text } = renderImpact(impactAnswer({ downstream, owners }), asker);
    expect(checkBlocks(blocks, 'message')).toEqual([]);
    expect(sizeOf(blocks)).toBeLessThan(12_000);
    expect(JSON.stringify(blocks)).toMatch(/and 8\d\d more/);
    expect(JSON.stringify(blocks)).not.toContain('<!channel>');
    expect(text.length).toBeLessThanOrEqual(4_000);
  });

  it('names two hundred owners, each with what waits', () => {
    const owners = Array.from({ length: 200 }, (_, index) => ({ who: `team-${index} of finance`, count: index + 1 }));
    const { blocks } = renderImpact(impactAnswer({ owners }), asker);
    expect(checkBlocks(blocks, 'message')).toEqual([]);
    expect(sizeOf(blocks)).toBeLessThan(12_000);
    const shown = textsOf(blocks).join('\n');
    expect(owners.filter(({ who, count }) => !shown.includes(`*${who}* (${count})`))).toEqual([]);
    expect(shown).not.toMatch(/and \d+ more/);
  });
});

describe('renderOwnersTold', () => {
  const channels = (count: number) => Array.from({ length: count }, (_, index) => `#channel-${index}-of-finance`);

  it('names each of two hundred channels', () => {
    const { blocks, text } = renderOwnersTold({ kind: 'told', channels: channels(200), count: 412 }, 'UTC');
    expect(checkBlocks(blocks, 'message')).toEqual([]);
    const shown = textsOf(blocks).join('\n');
    expect(channels(200).filter((name) => !shown.includes(name))).toEqual([]);
    expect(shown).toMatch(/^412 pipelines wait\. Told in #channel-0-of-finance, /);
    expect(text).toMatch(/and \d+ more: 412 pipelines wait\.$/);
    expect(text.length).toBeLessThanOrEqual(4_000);
  });

  it('counts those for which there is no room', () => {
    const { blocks } = renderOwnersTold({ kind: 'told', channels: channels(1_000), count: 1_000 }, 'UTC');
    expect(checkBlocks(blocks, 'message')).toEqual([]);
    expect(sizeOf(blocks)).toBeLessThan(12_000);
    expect(textsOf(blocks).join('\n')).toMatch(/and \d{3} more$/);
  });

  it('says of one channel just that', () => {
    const { text } = renderOwnersTold({ kind: 'told', channels: ['#finance'], count: 1 }, 'UTC');
    expect(text).toBe('Told in #finance: 1 pipeline waits.');
  });
});
