/** A person who asks, as Slack knows them. `personId` is the surrogate that audit and statistics hold. */
export interface Actor {
  personId: string;
  slackId: string;
  name: string;
  email?: string;
  timeZone?: string;
  /** Guests (single- or multi-channel) may only look. */
  isGuest: boolean;
  isBot: boolean;
  isDeactivated: boolean;
  /** Names of teams they belong to. */
  teams: string[];
  /** Roles of `policies.roles` they hold. */
  roles: string[];
  /** Slack user groups (ids) that rules of the policy name and that they are in. */
  groups?: string[];
}
