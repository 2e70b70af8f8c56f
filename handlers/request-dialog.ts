import type { ModalView } from '@slack/types';
import type { RequestPart } from '../src/slack/buttons';
import type { Place } from '../src/slack/dialogs';
import { saying } from '../src/slack/form';
import { sayRequestAnswer } from '../src/slack/request-answer';
import { renderChangeForm, titleOf } from '../src/slack/request-change-form';
import type { RequestLine } from '../src/slack/request-list';
import type { Opening } from './dialog';
import type { Services } from './services';

/**
 * A form of the team about one request; others are told that it is not for them.
 *
 * @param of.isOver of one that is solved, instead of one that is not
 */
export function aboutRequest(
  title: string,
  render: (request: RequestLine, place: Place, services: Services) => ModalView,
  { isOver = false } = {},
): Opening<{ id: string }> {
  return {
    title,
    meanwhile: 'One moment…',
    async show({ value, actor, place, services }) {
      const request = await services.requests.find(value.id);
      if (!request) return { view: saying(title, ['This request is gone.']), outcome: 'user-error' };
      const { number } = request;
      if (!services.requests.mayAnswer(actor, request))
        return {
          view: saying(title, [sayRequestAnswer({ kind: 'refused', number, because: 'not-team' })]),
          outcome: 'not-allowed',
        };
      if ((request.state === 'solved') !== isOver)
        return {
          view: saying(title, [
            sayRequestAnswer({ kind: 'refused', number, because: isOver ? 'not-over-yet' : 'over' }),
          ]),
          outcome: 'user-error',
        };
      return { view: render(request, place, services) };
    },
  };
}

/** The form for one thing that the team does with it; without a part, for all of them. */
export const changing = (part?: RequestPart): Opening<{ id: string }> =>
  aboutRequest(titleOf(part), (request, place, { requests }) =>
    renderChangeForm(part, request, {
      place,
      categories: requests.categories(),
      queues: requests.queuesBeside(request),
    }),
  );
