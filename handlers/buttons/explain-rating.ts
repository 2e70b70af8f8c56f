import { buttons } from '../../src/slack/buttons';
import { saying } from '../../src/slack/form';
import { sayRequestAnswer } from '../../src/slack/request-answer';
import { explainTitle, renderExplainForm } from '../../src/slack/request-forms';
import { onOpening } from '../dialog';

export const explainRating = onOpening(buttons.explainRating, {
  title: explainTitle,
  meanwhile: 'One moment…',
  async show({ value, actor, place, services }) {
    const request = await services.requests.find(value.id);
    if (!request) return { view: saying(explainTitle, ['This request is gone.']), outcome: 'user-error' };
    const { number } = request;
    if (request.requester !== actor.personId)
      return {
        view: saying(explainTitle, [sayRequestAnswer({ kind: 'refused', number, because: 'not-yours' })]),
        outcome: 'not-allowed',
      };
    return { view: renderExplainForm(request, place) };
  },
});
