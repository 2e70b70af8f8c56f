/**
 * How an interaction ended, for the figures: `ok`; the person's own mistake (an unknown name, a form filled in wrongly); something
 * that they may not do; or our fault and that of the systems behind us.
 */
export const outcomes = ['ok', 'user-error', 'not-allowed', 'system-error'] as const;
export type Outcome = (typeof outcomes)[number];

/**
 * One intentional thing that a person did here: a command, a button (also in the Home tab), a form, a shortcut, a message to the bot.
 * Being mentioned, reading (the Home tab too) or being alerted is none.
 */
export interface Interaction {
  slackId: string;
  /** Command with its sub-command (`pipeline status`), or the id of a button, form or Slack event. */
  what: string;
  /** Slack channel id. */
  channel?: string;
  /** `connection/key`. */
  pipeline?: string;
  outcome: Outcome;
  /** From when Slack sent it until our answer was visible, in ms. */
  tookMs: number;
}
