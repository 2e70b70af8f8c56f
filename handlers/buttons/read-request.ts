import { buttons } from '../../src/slack/buttons';
import { saying } from '../../src/slack/form';
import { sayRequestAnswer } from '../../src/slack/request-answer';
import { readTitle, renderReading } from '../../src/slack/request-reading';
import { onOpening } from '../dialog';

/** What was asked in private is read by those alone who answer it. */
export const readRequest = onOpening(buttons.readRequest, {
  title: readTitle,
  meanwhile: 'One moment…',
  async show({ value, actor, services }) {
    const request = await services.requests.find(value.id);
    if (!request) return { view: saying(readTitle, ['This request is gone.']), outcome: 'user-error' };
    const { number } = request;
    if (!services.requests.mayAnswer(actor, request))
      return {
        view: saying(readTitle, [sayRequestAnswer({ kind: 'refused', number, because: 'not-team' })]),
        outcome: 'not-allowed',
      };
    return {
      view: renderReading(request, await services.requests.words(value.id), { timeZone: actor.timeZone ?? 'UTC' }),
    };
  },
});
