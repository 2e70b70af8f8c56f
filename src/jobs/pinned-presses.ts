import { z } from 'zod';
import type { Actor } from '../domain/actor';
import type { Pinned, PinOutcome } from '../requests/pinned';
import type { Tx } from '../store/db';
import type { Done } from './done';

export const PinWish = z.object({
  id: z.uuid(),
  question: z.string().trim().min(1),
  answer: z.string().trim().min(1),
});
export const UnpinWish = z.object({ answer: z.uuid() });

/** What people press about pinned answers. */
export function createPinnedPresses({ pinned }: { pinned: Pick<Pinned, 'pin' | 'unpin'> }) {
  return {
    pin: async (tx: Tx, actor: Actor, { id, question, answer }: z.infer<typeof PinWish>): Promise<Done> =>
      said(await pinned.pin(tx, { actor, requestId: id, question, answer })),
    unpin: async (tx: Tx, actor: Actor, { answer }: z.infer<typeof UnpinWish>): Promise<Done> =>
      said(await pinned.unpin(tx, { actor, answerId: answer })),
  };
}

const sayings: Record<PinOutcome, string> = {
  pinned: 'Pinned: it is offered first from now on.',
  unpinned: 'It is not pinned any more.',
  'not-team': 'That is for the team that answers.',
  gone: 'That request is gone.',
  'pinned-already': 'An answer is pinned from this request already.',
  'not-pinned': 'It was unpinned before.',
};

const said = (outcome: PinOutcome): Done => ({ outcome, answer: { kind: 'cannot', say: sayings[outcome] } });
