import type { InputBlock } from '@slack/types';
import type { Filled } from '../../src/slack/form';
import { textsOf } from '../../src/slack/message';
import { readRedeployForm, renderRedeployForm, type VersionsAnswer } from '../../src/slack/redeploy-form';
import { checkView } from '../../src/workspace/blocks/check';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 24, 9, minute));
const found: VersionsAnswer = {
  kind: 'found',
  pipeline: { connection: 'prod', key: 'orders_daily' },
  label: 'orders_daily',
  versions: [
    { version: '12', at: at(12), by: 'dana', note: 'join on the day & hour', commit: 'a1b2c3d4e5f6' },
    { version: '11', at: at(11) },
  ],
  more: 0,
  inForce: '12',
  before: '11',
};
const of = { place: { channel: 'C1' }, command: '/pipeline', timeZone: 'Europe/Berlin' };
const text = (answer: VersionsAnswer) => textsOf([renderRedeployForm(answer, of) as never]).join('\n');
const optionsOf = (answer: VersionsAnswer) => {
  const field = renderRedeployForm(answer, of).blocks.find((block): block is InputBlock => block.type === 'input');
  if (field?.element.type !== 'static_select') throw new Error('no menu');
  return field.element;
};

describe('the form of a redeploy', () => {
  it('lists the versions with when, who and what, marks the one in force, and begins with the one before', () => {
    const { options, initial_option } = optionsOf(found);
    expect(options?.map((each) => [each.value, each.text.text, each.description?.text])).toEqual([
      ['12', '12 · in force now · 24 Nov 2026, 10:12 CET · dana', 'commit a1b2c3d4 · join on the day & hour'],
      ['11', '11 · the one before · 24 Nov 2026, 10:11 CET', undefined],
    ]);
    expect(initial_option?.value).toBe('11');
    expect(text(found)).toMatch(/orders_daily\* has version 12 in force/);
  });

  it('says how to name one that found no room, and calls nobody', () => {
    const versions = [{ version: '12', at: at(1), by: 'U0DANA' }];
    const answer: VersionsAnswer = { ...found, versions, more: 30, inForce: undefined, before: undefined };
    expect(text(answer)).toMatch(/30 older ones are not listed.*\/pipeline redeploy orders_daily 12/);
    expect(optionsOf(answer).options?.[0]?.text.text).toMatch(/ · a teammate$/);
    expect(optionsOf(answer).initial_option).toBeUndefined();
  });

  it('is taken by Slack whatever the names hold, with a hundred versions', () => {
    const nasty = '<!channel> & "x" '.repeat(20);
    const versions = Array.from({ length: 100 }, (_, n) => ({
      version: `v${n}`,
      at: at(0),
      by: nasty,
      note: nasty,
      commit: nasty,
    }));
    expect(checkView({ ...renderRedeployForm({ ...found, label: nasty, versions }, of) })).toEqual([]);
  });

  it.each<{ title: string; answer: VersionsAnswer; says: RegExp }>([
    {
      title: 'no version is told of',
      answer: { ...found, versions: [], inForce: undefined, before: undefined },
      says: /tells me of no version of orders_daily[\s\S]*\/pipeline redeploy orders_daily 11/,
    },
    {
      title: 'the only one is in force',
      answer: { ...found, versions: found.kind === 'found' ? found.versions.slice(0, 1) : [], before: undefined },
      says: /has one version, 12, and it is in force[\s\S]*retry a run/,
    },
    {
      title: 'the orchestrator cannot',
      answer: { kind: 'not-able', label: 'orders', connection: 'old', why: 'It takes its branch. Merge there.' },
      says: /runs in old, which I cannot ask[\s\S]*Merge there/,
    },
    { title: 'no name was typed', answer: { kind: 'none', asked: '', didYouMean: [] }, says: /Which pipeline\?/ },
    {
      title: 'the name is known twice',
      answer: { kind: 'several', asked: 'orders', names: ['a/orders'] },
      says: /redeploy a\/orders/,
    },
  ])('says what to do next where $title, and can only be closed', ({ answer, says }) => {
    expect(text(answer)).toMatch(says);
    expect(renderRedeployForm(answer, of).submit).toBeUndefined();
  });
});

describe('the version that was chosen', () => {
  it.each<{ title: string; filled: Filled; read: object }>([
    { title: 'is taken', filled: { version: '11' }, read: { ok: true, value: { version: '11' } } },
    {
      title: 'may not be the one in force',
      filled: { version: '12' },
      read: { ok: false, errors: { version: expect.stringMatching(/12 is in force already/) } },
    },
    { title: 'has to be there', filled: {}, read: { ok: false, errors: { version: expect.any(String) } } },
  ])('$title', ({ filled, read }) => {
    expect(readRedeployForm(filled, { inForce: '12' })).toEqual(read);
  });
});
