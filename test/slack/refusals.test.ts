import { Failure } from '../../src/domain/failure';
import type { PressAnswer } from '../../src/domain/press';
import { refusals, renderPressAnswer } from '../../src/slack/refusals';
import { checkBlocks } from '../../src/workspace/blocks/check';

const at = new Date('2026-11-24T09:00:00Z');
const zone = { timeZone: 'Europe/Berlin', command: '/pipeline' };

describe('what a person is told when a press did nothing', () => {
  it.each<{ answer: PressAnswer; said: string }>([
    {
      answer: { kind: 'already', action: 'retry', by: 'UDANA', at },
      said: '<@UDANA> asked for a retry of this at 10:00 CET. It is under way; the message in the channel shows how it goes.',
    },
    {
      answer: { kind: 'acknowledged', by: 'UPRIYA', at },
      said: '<@UPRIYA> acknowledged this at 10:00 CET. You can ask them how it goes.',
    },
    {
      answer: { kind: 'denied', why: 'Only members of *orders* may retry this.', whoMay: 'members of *orders*' },
      said: 'Only members of *orders* may retry this. You can ask one of them.',
    },
    {
      answer: { kind: 'denied', why: 'No rule of the policy lets anybody kill this.', whoMay: 'nobody so far' },
      said: 'No rule of the policy lets anybody kill this. Please ask whoever runs Pitcrew.',
    },
    {
      answer: { kind: 'denied', why: 'Guests may look, but not change anything.', whoMay: 'members of *orders*' },
      said: 'Guests may look, but not change anything. You can ask members of *orders*.',
    },
    {
      answer: {
        kind: 'denied',
        why: 'Changes are frozen until 2 Jan (year end).',
        whoMay: 'members of *orders*',
        freeze: { action: 'retry' },
      },
      said: 'Changes are frozen until 2 Jan (year end). It can be done after that. If it cannot wait, /pipeline retry with the name of the pipeline shows its plan, where an operator can break the glass with a reason.',
    },
    { answer: { kind: 'cannot', say: 'I cannot stop <runs>' }, said: 'I cannot stop &lt;runs&gt;.' },
    {
      answer: { kind: 'over' },
      said: 'This is over already: it has recovered or was skipped. Nothing was changed, and there is nothing left to do.',
    },
    { answer: { kind: 'gone' }, said: refusals.tooOld },
    {
      answer: { kind: 'fault', id: 'press 7' },
      said: 'Something went wrong on my side, and nothing more will happen. Please try again in a minute; if it stays so, tell whoever runs Pitcrew: it is in the log under press 7.',
    },
  ])('because of $answer.kind: $said', ({ answer, said }) => {
    const message = renderPressAnswer(answer, zone);
    expect(message.text).toBe(said);
    expect(checkBlocks(message.blocks, 'message')).toEqual([]);
  });

  it('holds what the other side said, without its markup', () => {
    const failure = new Failure('rejected', 'prod', { detail: '<!channel> no' });
    expect(refusals.failure(failure)).toBe(
      'prod refused the request. It said: &lt;!channel&gt; no. Please look there for what stands in the way.',
    );
  });
});
