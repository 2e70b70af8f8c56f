import { z } from 'zod';
import type { Actor } from '../domain/actor';
import type { Pinned, PinOutcome } from '../requests/pinned';
import type { Questions } from '../requests/questions';
import type { Tx } from '../store/db';
import type { Done } from './done';

export const PinWish = z.object({
  id: z.uuid(),
  question: z.string().trim().min(1),
  answer: z.string().trim().min(1),
});
export const UnpinWish = z.object({ answer: z.uuid() });

export const PinQuestion = z.object({
  group: z.uuid(),
  question: z.string().trim().min(1),
  answer: z.string().trim().min(1),
});
export const DismissQuestion = z.object({ group: z.uuid() });

export interface PinnedPressDeps {
  pinned: Pick<Pinned, 'pin' | 'unpin'>;
  questions: Pick<Questions, 'pin' | 'dismiss'>;
}

/** What people press about pinned answers, and about questions that come again. */
export function createPinnedPresses({ pinned, questions }: PinnedPressDeps) {
  return {
    pin: async (tx: Tx, actor: Actor, { id, question, answer }: z.infer<typeof PinWish>): Promise<Done> =>
      said(await pinned.pin(tx, { actor, requestId: id, question, answer })),
    unpin: async (tx: Tx, actor: Actor, { answer }: z.infer<typeof UnpinWish>): Promise<Done> =>
      said(await pinned.unpin(tx, { actor, answerId: answer })),
    pinQuestion: async (
      tx: Tx,
      actor: Actor,
      { group, question, answer }: z.infer<typeof PinQuestion>,
    ): Promise<Done> => said(await questions.pin(tx, { actor, groupId: group, question, answer })),
    dismiss: async (tx: Tx, actor: Actor, { group }: z.infer<typeof DismissQuestion>): Promise<Done> =>
      said(await questions.dismiss(tx, { actor, groupId: group })),
  };
}

const sayings: Record<PinOutcome, string> = {
  pinned: 'Pinned: it is offered first from now on.',
  unpinned: 'It is not pinned any more.',
  'not-team': 'That is for the team that answers. You can tell them with *Give feedback* on the Home tab.',
  gone: 'That request is gone.',
  'pinned-already': 'An answer is pinned from this request already.',
  'not-pinned': 'It was unpinned before.',
  dismissed: 'You are not asked again about questions like these.',
  'settled-already': 'A teammate has settled that already.',
};

const said = (outcome: PinOutcome): Done => ({ outcome, answer: { kind: 'cannot', say: sayings[outcome] } });
