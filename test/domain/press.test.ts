import { isRefusal, type PressAnswer } from '../../src/domain/press';

describe('after a press that came to nothing, the same wish of somebody else is a new one', () => {
  it.each<{ title: string; answer: PressAnswer; is: boolean }>([
    { title: 'not allowed', answer: { kind: 'denied', why: 'No.', whoMay: '' }, is: true },
    { title: 'not possible', answer: { kind: 'cannot', say: 'No.' }, is: true },
    {
      title: 'a refusal',
      answer: { kind: 'request', said: { kind: 'refused', number: 1, because: 'not-yours' } },
      is: true,
    },
    { title: 'no such request', answer: { kind: 'request', said: { kind: 'no-such', number: '#9' } }, is: true },
    { title: 'for the team alone', answer: { kind: 'feedback', said: { kind: 'not-team' } }, is: true },
    { title: 'a thanks', answer: { kind: 'request', said: { kind: 'explained' } }, is: false },
    { title: 'feedback taken', answer: { kind: 'feedback', said: { kind: 'taken', number: 1 } }, is: false },
    { title: 'done before', answer: { kind: 'over' }, is: false },
  ])('$title: $is', ({ answer, is }) => expect(isRefusal(answer)).toBe(is));
});
