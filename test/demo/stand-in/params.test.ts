import { builtInParams, evaluateParams, overrideParams, ParamFault } from '../../../src/demo/stand-in/params';
import type { Params } from '../../../src/demo/stand-in/wire';

const at = Date.UTC(2026, 10, 20, 23, 30);

describe('builtInParams', () => {
  it.each([
    { timeZone: 'UTC', date: '20261120', hour: '23', yesterday: '20261119', lastWeek: '20261113' },
    { timeZone: 'Europe/Berlin', date: '20261121', hour: '00', yesterday: '20261120', lastWeek: '20261114' },
    { timeZone: 'America/New_York', date: '20261120', hour: '18', yesterday: '20261119', lastWeek: '20261113' },
  ])('takes the run date in $timeZone', ({ timeZone, date, hour, yesterday, lastWeek }) => {
    const { values } = evaluateParams(builtInParams(at, timeZone), {}, at);
    expect(values).toMatchObject({
      RUN_TS: at,
      TARGET_RUN_DATE: date,
      TARGET_RUN_HOUR: hour,
      RUN_DATE_MINUS_1: yesterday,
      RUN_DATE_MINUS_7: lastWeek,
    });
  });
});

describe('evaluateParams', () => {
  it.each<{ title: string; params: Params; name: string; value: unknown }>([
    { title: 'keeps a plain text', params: { a: { type: 'STRING', value: 'eu' } }, name: 'a', value: 'eu' },
    {
      title: 'puts one parameter into another',
      params: { a: { type: 'STRING', value: 'x-${b}' }, b: { type: 'LONG', value: 7 } },
      name: 'a',
      value: 'x-7',
    },
    {
      title: 'evaluates a name',
      params: { a: { type: 'STRING', expression: 'b' }, b: { type: 'STRING', value: 'eu' } },
      name: 'a',
      value: 'eu',
    },
    {
      title: 'joins texts',
      params: { a: { type: 'STRING', expression: "b + '-1';" }, b: { type: 'STRING', value: 'eu' } },
      name: 'a',
      value: 'eu-1',
    },
    {
      title: 'adds numbers',
      params: { a: { type: 'LONG', expression: 'b + 1' }, b: { type: 'LONG', value: 2 } },
      name: 'a',
      value: 3,
    },
    { title: 'reads a number in quotes', params: { a: { type: 'LONG', value: '12' } }, name: 'a', value: 12 },
    {
      title: 'evaluates a map',
      params: {
        a: { type: 'MAP', value: { url: { type: 'STRING', value: 'http://${b}' } } },
        b: { type: 'STRING', value: 'host' },
      },
      name: 'a',
      value: { url: 'http://host' },
    },
    {
      title: 'evaluates an array',
      params: { a: { type: 'STRING_ARRAY', value: ['${b}', 'c'] }, b: { type: 'STRING', value: 'x' } },
      name: 'a',
      value: ['x', 'c'],
    },
  ])('$title', ({ params, name, value }) => {
    expect(evaluateParams(params, {}, at).values[name]).toEqual(value);
  });

  it.each<{ title: string; params: Params; says: string }>([
    { title: 'a name that nobody defined', params: { a: { type: 'STRING', value: '${missing}' } }, says: '[missing]' },
    {
      title: 'a circle',
      params: { a: { type: 'STRING', value: '${b}' }, b: { type: 'STRING', value: '${a}' } },
      says: 'cyclic',
    },
    { title: 'a wrong type', params: { a: { type: 'LONG', value: 'many' } }, says: 'LONG' },
    {
      title: 'an expression beyond what is understood',
      params: { a: { type: 'STRING', expression: 'Util.today()' } },
      says: 'Util.today()',
    },
  ])('refuses $title', ({ params, says }) => {
    expect(() => evaluateParams(params, {}, at)).toThrow(ParamFault);
    expect(() => evaluateParams(params, {}, at)).toThrow(says);
  });
});

describe('overrideParams', () => {
  const defined: Params = {
    fixed: { type: 'STRING', value: 'a', mode: 'CONSTANT' },
    once: { type: 'STRING', value: 'a', mode: 'MUTABLE_ON_START' },
    free: { type: 'STRING', value: 'a' },
  };
  it.each([
    { name: 'fixed', moment: 'start', allowed: false },
    { name: 'once', moment: 'start', allowed: true },
    { name: 'once', moment: 'restart', allowed: false },
    { name: 'free', moment: 'restart', allowed: true },
    { name: 'unknown', moment: 'start', allowed: true },
    { name: 'AUTH_token', moment: 'start', allowed: false },
  ] as const)('at a $moment, changing "$name" is allowed: $allowed', ({ name, moment, allowed }) => {
    const change = () => overrideParams(defined, { [name]: { type: 'STRING', value: 'b' } }, moment);
    if (allowed) expect(change()[name]).toMatchObject({ value: 'b' });
    else expect(change).toThrow();
  });

  it('keeps the type of a parameter', () => {
    expect(() => overrideParams(defined, { free: { type: 'LONG', value: 1 } }, 'start')).toThrow('type mismatch');
  });
});
