import { pipelineOf, runIn, sayTarget, sayTargets, Target } from '../../src/domain/target';

const pipeline = { connection: 'prod', key: 'orders_daily' };
const run = { pipeline, run: '118' };

describe('a target', () => {
  it.each<{ target: Target; says: string; run?: string }>([
    { target: { kind: 'run', run }, says: 'run 118', run: '118' },
    { target: { kind: 'run', run, from: 'start' }, says: 'run 118, from the start', run: '118' },
    { target: { kind: 'steps', run, steps: ['load'] }, says: 'step load of run 118', run: '118' },
    { target: { kind: 'steps', run, steps: ['load', 'test'] }, says: 'steps load, test of run 118', run: '118' },
    { target: { kind: 'partitions', pipeline, partitions: ['2026-11-24'] }, says: 'partition 2026-11-24' },
    { target: { kind: 'partitions', pipeline, partitions: ['2026-11-24', '2026-11-25'] }, says: '2 partitions' },
    { target: { kind: 'version', pipeline, version: '7' }, says: 'version 7 of orders_daily' },
    { target: { kind: 'pipeline', pipeline, parameters: { full: true } }, says: 'orders_daily' },
  ])('is called $says', ({ target, says, run: runId }) => {
    expect(sayTarget(target)).toBe(says);
    expect(runIn(target)).toBe(runId);
    expect(pipelineOf(target)).toEqual(pipeline);
    expect(Target.parse(JSON.parse(JSON.stringify(target)))).toEqual(target);
  });

  it('is named with its pipeline, and then how it is done', () => {
    expect(sayTargets([{ kind: 'run', run, from: 'start' }])).toBe('run 118 of orders_daily, from the start');
  });

  it.each([
    [['orders', 'orders'], '2 runs of orders'],
    [['orders', 'ledger'], '2 runs of orders and ledger'],
    [['orders', 'ledger', 'books'], '3 runs of orders, ledger and books'],
    [['orders', 'ledger', 'books', 'rates', 'visits'], '5 runs of orders, ledger and 3 more pipelines'],
  ])('of %j is called "%s"', (keys, says) => {
    const targets = keys.map(
      (key): Target => ({ kind: 'run', run: { pipeline: { connection: 'prod', key }, run: '1' } }),
    );
    expect(sayTargets(targets)).toBe(says);
  });
});
