import type { Actor } from '../../../src/domain/actor';

/** Somebody of no team and no role, but for what differs. */
export const person = (slackId: string, differs: Partial<Actor> = {}): Actor => ({
  personId: slackId,
  slackId,
  name: slackId,
  isGuest: false,
  isBot: false,
  isDeactivated: false,
  teams: [],
  roles: [],
  ...differs,
});
