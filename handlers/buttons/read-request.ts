import { buttons } from '../../src/slack/buttons';
import { readTitle, renderReading } from '../../src/slack/request-reading';
import { onOpening } from '../dialog';
import { forItsTeam } from '../request-dialog';

/** What was asked in private is read by those alone who answer it. */
export const readRequest = onOpening(
  buttons.readRequest,
  forItsTeam(readTitle, async (request, { actor, services }) => ({
    view: renderReading(request, await services.requests.words(request.id), { timeZone: actor.timeZone ?? 'UTC' }),
  })),
);
