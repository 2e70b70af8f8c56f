import type { ModalView } from '@slack/types';
import { type RequestRefusal, refusedOf } from '../src/domain/request-wish';
import type { RequestPart } from '../src/slack/buttons';
import type { Place } from '../src/slack/dialogs';
import { saying } from '../src/slack/form';
import { sayRequestAnswer } from '../src/slack/request-answer';
import { renderChangeForm, titleOf } from '../src/slack/request-change-form';
import type { RequestLine } from '../src/slack/request-list';
import type { Asked, Opening, Shown } from './dialog';
import type { Services } from './services';

/**
 * A dialog about one request; who may not see it is told there why.
 *
 * @param of.because why it is not for the others
 */
export function ofRequest(
  title: string,
  of: { may(request: RequestLine, asked: Asked<{ id: string }>): boolean; because: 'not-team' | 'not-yours' },
  show: (request: RequestLine, asked: Asked<{ id: string }>) => Promise<Shown> | Shown,
): Opening<{ id: string }> {
  return {
    title,
    meanwhile: 'One moment…',
    async show(asked) {
      const request = await asked.services.requests.find(asked.value.id);
      if (!request) return { view: saying(title, ['This request is gone.']), outcome: 'user-error' };
      return of.may(request, asked)
        ? show(request, asked)
        : { view: refusing(title, request, of.because), outcome: 'not-allowed' };
    },
  };
}

/** For who answers the request. */
export const forItsTeam = (title: string, show: Parameters<typeof ofRequest>[2]): Opening<{ id: string }> =>
  ofRequest(
    title,
    { may: (request, { actor, services }) => services.requests.mayAnswer(actor, request), because: 'not-team' },
    show,
  );

/**
 * A form of the team about one request; others are told that it is not for them.
 *
 * @param of.isOver of one that is solved, instead of one that is not
 */
export const aboutRequest = (
  title: string,
  render: (request: RequestLine, place: Place, services: Services) => ModalView,
  { isOver = false } = {},
): Opening<{ id: string }> =>
  forItsTeam(title, (request, { place, services }) =>
    (request.state === 'solved') === isOver
      ? { view: render(request, place, services) }
      : { view: refusing(title, request, isOver ? 'not-over-yet' : 'over'), outcome: 'user-error' },
  );

const refusing = (title: string, request: RequestLine, because: RequestRefusal['because']): ModalView =>
  saying(title, [sayRequestAnswer(refusedOf(request, because))]);

/** The form for one thing that the team does with it; without a part, for all of them. */
export const changing = (part?: RequestPart): Opening<{ id: string }> =>
  aboutRequest(titleOf(part), (request, place, { requests }) =>
    renderChangeForm(part, request, {
      place,
      categories: requests.categories(),
      queues: requests.queuesBeside(request),
    }),
  );
