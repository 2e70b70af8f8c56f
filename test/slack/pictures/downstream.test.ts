import { walkDownstream } from '../../../src/domain/downstream';
import { drawDownstream } from '../../../src/slack/pictures/downstream';
import { impactAnswer } from '../views';

const root = { node: 'pipeline:prod/orders_daily', name: 'orders_daily' };
const sizeOf = (png: Buffer) => ({ widthPx: png.readUInt32BE(16), heightPx: png.readUInt32BE(20) });

describe('drawDownstream', () => {
  it('draws a PNG and says in words what it shows', async () => {
    const picture = await drawDownstream([root], impactAnswer().downstream);
    expect(picture?.png.subarray(1, 4).toString()).toBe('PNG');
    expect(picture?.alt).toBe(
      'Graph: 3 things and 1 table wait for orders_daily, 2 pipelines, 1 table, 1 dashboard. Nearest: dwh.orders, Revenue, forecast, Board report.',
    );
  });

  it('stays narrow enough for a phone however many hang on one', async () => {
    const at = new Date('2026-11-24T09:00:00Z');
    const edges = Array.from({ length: 60 }, (_, index) => ({ from: 'a', to: `n${index}`, seenAt: at }));
    const wide = walkDownstream(['a'], edges, (node) => ({ kind: 'pipeline', name: node }));
    const picture = await drawDownstream([{ node: 'a', name: 'a' }], wide);
    expect(sizeOf(picture?.png ?? Buffer.alloc(24)).widthPx).toBeLessThan(800);
  });

  it('stays as narrow for a deep and wide graph, with every row tall enough to read and flat enough to see all of them at once', async () => {
    const at = new Date('2026-11-24T09:00:00Z');
    const edges = ['ab', 'ac', 'ad', 'ae', 'bf', 'cf', 'fg', 'gh', 'dh'].map(([from = '', to = '']) => ({
      from,
      to,
      seenAt: at,
    }));
    const graph = walkDownstream(['a'], edges, (node) => ({ kind: 'pipeline', name: node }));
    const picture = await drawDownstream([{ node: 'a', name: 'a' }], graph);
    const { widthPx, heightPx } = sizeOf(picture?.png ?? Buffer.alloc(24));
    expect(widthPx).toBeLessThan(800);
    expect(heightPx).toBeGreaterThan(8 * 56);
    expect(heightPx).toBeLessThan(8 * 84);
  });

  it('gives long names, owners and deadlines lines of their own, so that nothing of them is cut', async () => {
    const at = new Date('2026-11-24T09:00:00Z');
    const graph = (facts: { name: string; deadline?: string }) =>
      walkDownstream(['a'], [{ from: 'a', to: 'b', seenAt: at }], () => ({ kind: 'pipeline', owner: 'mei', ...facts }));
    const heightOf = async (facts: { name: string; deadline?: string }) =>
      sizeOf((await drawDownstream([{ node: 'a', name: 'a' }], graph(facts)))?.png ?? Buffer.alloc(24)).heightPx;
    const short = await heightOf({ name: 'b' });
    expect((await heightOf({ name: 'b', deadline: '06:30 Europe/Berlin' })) - short).toBe(28);
    expect((await heightOf({ name: 'Orders today for the whole of the business' })) - short).toBe(28);
  });

  it('draws nothing where nothing waits', async () => {
    await expect(drawDownstream([root], { nodes: [], edges: [], total: 0 })).resolves.toBeUndefined();
  });
});
