import { genericHttp } from '../../../src/orchestrators/generic-http';
import { valueAt } from '../../../src/orchestrators/generic-http/expression';
import { createReader } from '../../../src/orchestrators/generic-http/fields';
import { fillBody, fillPath } from '../../../src/orchestrators/generic-http/template';
import { exampleAt } from './bench';

type Keys = Record<string, unknown>;

/** The example with one place changed. */
function changed(place: string, value: unknown): Keys {
  const keys = structuredClone(exampleAt('https://meson.example'));
  const path = place.split('.');
  let at: Keys = keys;
  for (const part of path.slice(0, -1)) at = at[part] as Keys;
  const last = path.at(-1) ?? '';
  if (value === undefined) delete at[last];
  else at[last] = value;
  return keys;
}

describe('the configuration of a scheduler', () => {
  it('is taken as docs/generic-http.md shows it', () => {
    expect(genericHttp.settings.safeParse(exampleAt('https://meson.example')).error).toBeUndefined();
  });

  it.each([
    { place: 'run.fields.status', value: 'state.[', says: /is not a JMESPath expression/ },
    { place: 'run.fields.status', value: 'nonsense(state)', says: /is not a JMESPath expression/ },
    { place: 'run.fields.status', value: undefined, says: /./ },
    { place: 'run.fields.colour', value: 'red', says: /colour/, at: 'run.fields' },
    { place: 'run.path', value: 'executions/{run}', says: /must begin with a slash/ },
    { place: 'run.path', value: '/executions/{running}', says: /names \{running\}; known here: \{pipeline\} \{run\}/ },
    { place: 'actions.retry.body', value: { by: '{who}' }, says: /names \{who\}/ },
    { place: 'actions.retry.find', value: undefined, says: /needs `find` or `once: true`/, at: 'actions.retry' },
    {
      place: 'statuses.failed',
      value: ['KO', 'ok'],
      says: /"ok" is also said to be succeeded/,
      at: 'statuses.failed.1',
    },
    { place: 'statuses.running', value: undefined, says: /needs a word at least/ },
    { place: 'statuses.melted', value: ['M'], says: /./, at: 'statuses' },
    { place: 'runs', value: undefined, says: /needs `runs`/, at: 'poll' },
    { place: 'runs.paging', value: { by: 'luck' }, says: /./, at: 'runs.paging.by' },
  ])('that is wrong at $place is refused there', ({ place, value, says, at }) => {
    const [issue] = genericHttp.settings.safeParse(changed(place, value)).error?.issues ?? [];
    expect(issue?.path.join('.')).toBe(at ?? place);
    expect(issue?.message).toMatch(says);
  });
});

describe('what an answer tells', () => {
  const reader = (data: object) => createReader('Scheduler (meson)', 'run.fields', JSON.parse(JSON.stringify(data)));

  it.each([
    { value: '2026-11-25T06:00:00Z', at: '2026-11-25T06:00:00.000Z' },
    { value: '2026-11-25T07:00:00+01:00', at: '2026-11-25T06:00:00.000Z' },
    { value: '2026-11-25 06:00:00', at: '2026-11-25T06:00:00.000Z' },
    { value: 1795586400, at: '2026-11-25T06:00:00.000Z' },
    { value: 1795586400000, at: '2026-11-25T06:00:00.000Z' },
    { value: '1795586400', at: '2026-11-25T06:00:00.000Z' },
    { value: null, at: undefined },
    { value: '', at: undefined },
    { value: 0, at: undefined },
  ])('the time $value is $at', ({ value, at }) => {
    expect(reader({ t: value }).time('startedAt', 't')?.toISOString()).toBe(at);
  });

  it.each([{ t: 'soon' }, { t: true }, { t: [] }])('no time is made of $t', (data) => {
    expect(() => reader(data).time('startedAt', 't')).toThrow(
      expect.objectContaining({ kind: 'bad-response', detail: expect.stringContaining('`run.fields.startedAt`') }),
    );
  });

  it.each([{}, { id: '' }, { id: null }, { id: { a: 1 } }, { id: true }])('no id is made of %j', (data) => {
    expect(() => reader(data).id('run', 'id')).toThrow(expect.objectContaining({ kind: 'bad-response' }));
  });

  it('that does not fit an expression names its key', () => {
    expect(() => valueAt('Scheduler (meson)', 'runs.items', 'length(rows)', JSON.parse('{"rows":7}'))).toThrow(
      expect.objectContaining({ kind: 'bad-response', detail: expect.stringContaining('`runs.items` does not fit') }),
    );
  });
});

describe('a template', () => {
  it.each([
    { path: '/x/{run}/y', run: 'a/b?c', filled: '/x/a%2Fb%3Fc/y' },
    { path: '/x?id={run}', run: 'a&b=c', filled: '/x?id=a%26b%3Dc' },
  ])('$path with $run becomes $filled', ({ path, run, filled }) => {
    expect(fillPath('Scheduler', path, { run })).toBe(filled);
  });

  it('is no way out of its path', () => {
    expect(() => fillPath('Scheduler', '/x/{run}', { run: '..' })).toThrow(
      expect.objectContaining({ kind: 'not-found' }),
    );
  });

  it('keeps the kind of a value that stands alone', () => {
    const filled = fillBody(
      { who: 'by {actor}', args: '{parameters}', list: ['{actor}'] },
      { actor: 'dana', parameters: { day: 1 } },
    );
    expect(filled).toEqual({ who: 'by dana', args: { day: 1 }, list: ['dana'] });
  });
});
