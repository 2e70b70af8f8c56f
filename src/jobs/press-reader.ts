import type { z } from 'zod';
import type { Actor } from '../domain/actor';
import type { Tx } from '../store/db';
import type { StoredPress } from '../store/press-rows';
import type { Done } from './done';

/** What a press does, within the transaction that settles it. */
export type Run = (tx: Tx, press: StoredPress) => Promise<Done>;

export const notUnderstood: Done = { outcome: 'not understood', answer: { kind: 'gone' } };
const denied: Done = {
  outcome: 'denied',
  answer: {
    kind: 'denied',
    why: 'Apps and people who left may not do that. Please ask a member of the team.',
    whoMay: '',
  },
};

/** Makes what a press does of a rule for its value and of what a person who works here may then do. */
export function createPressReader(actor: (slackId: string) => Promise<Actor>) {
  return <T>(schema: z.ZodType<T>, run: (tx: Tx, who: Actor, value: T, press: StoredPress) => Promise<Done>): Run =>
    async (tx, press) => {
      const value = schema.safeParse(press.value);
      if (!value.success) return notUnderstood;
      const who = await actor(press.slackId);
      return who.isBot || who.isDeactivated ? denied : run(tx, who, value.data, press);
    };
}
