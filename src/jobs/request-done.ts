import type { WishAnswer } from '../requests';
import type { Done } from './done';

/** What the person is told in private; the messages show the rest. */
export function done(said: WishAnswer): Done {
  switch (said.outcome) {
    case 'done':
      return { outcome: 'done' };
    case 'gone':
      return { outcome: 'gone', answer: { kind: 'gone' } };
    case 'refused': {
      const { number, assigneeName: name } = said.request;
      const { because } = said.refusal;
      return {
        outcome: because,
        answer: { kind: 'request', said: { kind: 'refused', number, because, ...(name ? { name } : {}) } },
      };
    }
  }
}
