import { keyOfAsset, keyOfJob, keyOfRun, placeOf } from '../../../src/orchestrators/dagster/keys';
import { matchPartitions } from '../../../src/orchestrators/dagster/partitions';
import { configFrom } from '../../../src/orchestrators/dagster/start';
import { isToBeRetried, partitionIn } from '../../../src/orchestrators/dagster/tags';

const etl = { location: 'etl', repository: '__repository__' };

describe('the key of a pipeline', () => {
  it.each([
    { title: 'a job', key: keyOfJob('orders_daily', etl), is: 'orders_daily@etl' },
    { title: 'a job of a named repository', key: keyOfJob('a', { ...etl, repository: 'sales' }), is: 'a@sales@etl' },
    {
      title: 'a job of a location with an @',
      key: keyOfJob('a', { ...etl, location: 'x@y' }),
      is: 'a@__repository__@x@y',
    },
    { title: 'an asset', key: keyOfAsset(['dwh', 'orders'], etl), is: 'asset:dwh/orders@etl' },
    { title: 'an asset with strange signs', key: keyOfAsset(['a/b@c', '50%'], etl), is: 'asset:a%2Fb%40c/50%25@etl' },
  ])('of $title is read again as it was written', ({ key, is }) => {
    expect(key).toBe(is);
    const place = placeOf(key);
    const again =
      place?.kind === 'job' ? keyOfJob(place.job, place) : place?.kind === 'asset' && keyOfAsset(place.path, place);
    expect(again).toBe(key);
  });

  it.each([
    { title: 'a job', assets: undefined, job: 'orders', key: 'orders@etl' },
    { title: 'a job of assets', assets: ['a', 'b'], job: 'warehouse', key: 'warehouse@etl' },
    { title: 'one asset without a job', assets: ['a'], job: '__ASSET_JOB', key: 'asset:a@etl' },
    { title: 'three of them, in any order', assets: ['c', 'a', 'b'], job: '__ASSET_JOB', key: 'assets:a,b,c@etl' },
    { title: 'many', assets: ['d', 'c', 'a', 'b'], job: '__ASSET_JOB', key: 'assets:a,b,+2-f729ae@etl' },
    { title: 'an unnamed job without assets', assets: undefined, job: '__ASSET_JOB', key: '__ASSET_JOB@etl' },
  ])('of a run of $title names it', ({ assets, job, key }) => {
    const repositoryOrigin = { repositoryLocationName: 'etl', repositoryName: '__repository__' };
    const assetSelection = assets?.map((path) => ({ path: [path] }));
    expect(keyOfRun({ jobName: job, repositoryOrigin, assetSelection })).toBe(key);
  });

  it.each(['orders', '', '@etl', 'orders@'])('is not "%s"', (key) => {
    expect(placeOf(key)).toBeUndefined();
  });
});

describe('the partition of a run', () => {
  it.each([
    { title: 'none', tags: {}, partition: undefined },
    { title: 'one', tags: { 'dagster/partition': '2026-03-02' }, partition: '2026-03-02' },
    {
      title: 'a range',
      tags: { 'dagster/asset_partition_range_start': 'a', 'dagster/asset_partition_range_end': 'c' },
      partition: 'a..c',
    },
    {
      title: 'a range of one',
      tags: { 'dagster/asset_partition_range_start': 'a', 'dagster/asset_partition_range_end': 'a' },
      partition: 'a',
    },
  ])('$title is told by its tags', ({ tags, partition }) => {
    expect(partitionIn(Object.entries(tags).map(([key, value]) => ({ key, value })))).toBe(partition);
  });

  it('is found under the name that people gave it, if only one fits', () => {
    const found = matchPartitions(
      ['2026-03-01', '2026-03-02', '2026-03-02-00:00', 'a_b', 'ab'],
      ['20260301', '2026-03-02', 'a-b', 'c'],
    );
    expect([...found]).toEqual([
      ['20260301', '2026-03-01'],
      ['2026-03-02', '2026-03-02'],
      ['a-b', undefined],
      ['c', undefined],
    ]);
  });
});

it('a failure that Dagster will run again by itself is known by its tag', () => {
  expect(isToBeRetried([{ key: 'dagster/will_retry', value: 'true' }])).toBe(true);
  expect(isToBeRetried([{ key: 'dagster/will_retry', value: 'false' }])).toBe(false);
});

describe('the run configuration', () => {
  it('is made of parameters that are named by their way through it', () => {
    const config = configFrom({ 'ops.load.config.day': '2026-03-02', 'ops.load.config.full': true, note: 'x' });
    expect(JSON.parse(JSON.stringify(config))).toEqual({
      ops: { load: { config: { day: '2026-03-02', full: true } } },
      note: 'x',
    });
  });

  it('is nothing but data, whatever the names', () => {
    configFrom({ '__proto__.polluted': 'yes' });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
