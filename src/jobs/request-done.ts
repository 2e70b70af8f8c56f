import { refusedOf } from '../domain/request-wish';
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
      const { because } = said.refusal;
      return { outcome: because, answer: { kind: 'request', said: refusedOf(said.request, because) } };
    }
  }
}
