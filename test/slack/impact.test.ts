import { walkDownstream } from '../../src/domain/downstream';
import { renderImpact } from '../../src/slack/impact';
import { sizeOf } from '../../src/slack/message';
import { checkBlocks } from '../../src/workspace/blocks/check';
import { impactAnswer } from './views';

const asker = { command: '/pipeline', timeZone: 'UTC' };

describe('renderImpact', () => {
  it('lists what waits as a tree, with owners and the age of that knowledge', () => {
    const { text, blocks } = renderImpact(impactAnswer(), asker);
    expect(text).toContain(
      '4 things wait for orders_daily. Nearest: dwh.orders · table; Revenue · finance · due 08:00',
    );
    const shown = JSON.stringify(blocks);
    expect(shown).toContain(
      '└ dwh.orders · table\\n  ├ Revenue · finance · due 08:00\\n  │ └ Board report · dashboard\\n  └ forecast · planning',
    );
    expect(shown).toContain('*Owners who wait:* *finance* (1), *planning* (1)');
    expect(shown).toContain('Newest word on what feeds what');
    expect(checkBlocks(blocks, 'message')).toEqual([]);
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
});
