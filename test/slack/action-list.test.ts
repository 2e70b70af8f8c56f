import { readBulkWord } from '../../src/domain/action-list';
import { renderActions, renderBulkAnswer, renderBulkState } from '../../src/slack/action-list';
import { checkBlocks } from '../../src/workspace/blocks/check';
import fc, { tries } from '../support/fast-check';
import { listedAction } from './plans';
import { nine } from './views';

const asker = { command: '/pipeline', timeZone: 'Europe/Berlin' };
const state = { actions: [], more: 0, mayOperate: true, whoMay: 'people with the role *operator*' };
const off = { by: 'UPRIYA', at: nine, reason: 'the warehouse is upgraded' };

describe('the list of changes', () => {
  it('leads to the message of each, and says how it stands and who asked', () => {
    const { text, blocks } = renderActions({ actions: [listedAction()], more: 2 }, asker);
    expect(text).toContain(
      '3 changes under way or waiting. Retry of 14 runs of 3 pipelines: 🔄 under way, 5 of 14 done, 2 failed, asked by <@UPRIYA>',
    );
    expect(JSON.stringify(blocks)).toContain(
      '<https://acme.slack.example/archives/CALERTS/p1700000000000100|Retry of 14 runs of 3 pipelines>',
    );
    expect(checkBlocks(blocks, 'message')).toEqual([]);
  });

  it('says what to do next when there is nothing', () => {
    expect(renderActions({ actions: [], more: 0 }, asker).text).toMatch(
      /^Nothing is under way here.*\/pipeline retry name.*\/pipeline status/,
    );
  });

  it('is taken by Slack whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (what) => {
        const actions = Array.from({ length: 20 }, () => listedAction({ what, url: what }));
        expect(checkBlocks(renderActions({ actions, more: 900 }, asker).blocks, 'message')).toEqual([]);
        expect(
          checkBlocks(renderBulkState({ ...state, actions, off: { ...off, reason: what } }, asker).blocks, 'message'),
        ).toEqual([]);
      }),
      { numRuns: tries(30) },
    );
  });
});

describe('the switch for all bulk work', () => {
  it.each([
    {
      title: 'on',
      given: state,
      says: /^▶️ Bulk work may go on. No large action is under way. \/pipeline bulk off planned work pauses all of it/,
    },
    {
      title: 'off',
      given: { ...state, off, actions: [listedAction()] },
      says: /^⏸️ All bulk work is paused, by <@UPRIYA> since .*: the warehouse is upgraded. 1 large action waits. \/pipeline bulk on lets it go on/,
    },
    {
      title: 'off, for those who may not',
      given: { ...state, off, mayOperate: false },
      says: /To turn it is for people with the role/,
    },
  ])('says how it stands: $title', ({ given, says }) => {
    expect(renderBulkState(given, asker).text).toMatch(says);
  });

  it.each([
    {
      answer: { kind: 'switched' as const, to: 'off' as const, waiting: 2, announcedIn: '#data-platform' },
      says: /^All bulk work is paused. 2 large actions were under way: .* Told in #data-platform. To undo it: \/pipeline bulk on/,
    },
    {
      answer: { kind: 'switched' as const, to: 'on' as const, waiting: 1 },
      says: /^Bulk work goes on. 1 large action was under way/,
    },
    {
      answer: { kind: 'switched' as const, to: 'off' as const, waiting: 0 },
      says: /^All bulk work is paused. No large action was under way: /,
    },
    {
      answer: { kind: 'so-already' as const, to: 'off' as const, by: 'UPRIYA', at: nine },
      says: /paused already, by <@UPRIYA>/,
    },
    { answer: { kind: 'so-already' as const, to: 'on' as const }, says: /^Bulk work may go on already/ },
    {
      answer: { kind: 'denied' as const, why: 'Only operators may.', whoMay: '' },
      says: /^Only operators may. \/pipeline bulk shows/,
    },
    { answer: { kind: 'unclear' as const, asked: 'offf' }, says: /do not know what offf means/ },
  ])('answers with what to do next: $says', ({ answer, says }) => {
    expect(renderBulkAnswer(answer, asker).text).toMatch(says);
  });

  it.each([
    ['off', { to: 'off' }],
    ['OFF  the warehouse is upgraded ', { to: 'off', reason: 'the warehouse is upgraded' }],
    ['on', { to: 'on' }],
    ['on now', { to: 'on' }],
    ['offline', undefined],
    ['', undefined],
  ])('reads "%s"', (text, word) => expect(readBulkWord(text)).toEqual(word));
});
