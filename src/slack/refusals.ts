import { type Failure, sayWithNext } from '../domain/failure';
import type { PressAnswer } from '../domain/press';
import { renderBulkAnswer } from './action-list';
import { renderDigestAnswer } from './digest/settings-form';
import { sayAgo } from './duration';
import { renderFeedbackAnswer } from './feedback';
import { renderOwnersTold } from './impact';
import { renderMaintenance } from './maintenance';
import { type Message, sentence, sentences } from './message';
import { code, mention, sayTime, words } from './mrkdwn';
import { renderMute } from './mutes';
import { renderParkedAnswer } from './parked';
import { renderRequestAnswer } from './request-answer';
import { renderSubscription, type SubscriptionContext } from './subscriptions';
import { policyWords, sayDenied } from './wording';

/** What one person is told in private when something was not done: kind, exact, and with what to do now. */
export const refusals = {
  notTaken: 'I could not take that, nothing was changed. Please try again.',
  notCertain:
    'I could not find out whether I took that. If nothing happens within a minute, please try again: it is done only once.',
  tooOld:
    'That button is from an older message, and I no longer know what it stands for. Please use the newest message about this pipeline.',
  tooOldDialog:
    'That dialog is from before I was renewed, and I no longer know what it stands for. Nothing was changed; please open it anew.',
  notOpened:
    'Slack gave me too little time to open the dialog, so nothing was opened and nothing changed. Please press again.',
  closedMeanwhile: 'You closed the dialog before it was ready. Nothing was changed; press again when you want it.',
  withoutMessage: 'I cannot tell which message that button belongs to. Please use the one in the channel.',
  bot: 'Apps and workflows may not do that here. Please ask a person to do it.',
  deactivated: 'This account is deactivated. Please ask an admin of this workspace.',
  guest: 'Guests may look, but not change anything. Please ask a full member of the workspace.',
  stranger: 'This works for members of our own workspace only. Please ask someone there.',
  teamOnly: (command: string): string =>
    `That is for the team that answers. ${code(`${command} mine`)} shows your own requests.`,
  tooSlow: 'That takes longer than it should. Please ask again in a minute.',
  unknownCommand: (typed: string, command: string): string =>
    `I do not answer to ${code(typed, 80)} here; my command is ${code(command)}. ${code(`${command} help`)} shows what it can do.`,
  alreadyAsked: (slackId: string, at: Date, now: Date): string =>
    `${mention(slackId)} asked for that already, ${sayAgo(at, now)}. The message in the channel shows how it goes.`,
  fault: (id: string): string =>
    `Something went wrong on my side, and nothing more will happen. Please try again in a minute; if it stays so, tell whoever runs Pitcrew: it is in the log under ${id}.`,
  failure: (failure: Failure): string => words(sayWithNext(failure), 600),
} as const;

/** A message to one person, in private. */
export function privately(said: string): Message {
  return sentence(said);
}

/** Why a press did not do what was wished, or what came of a command. */
export function renderPressAnswer(answer: PressAnswer, asker: SubscriptionContext): Message {
  if (answer.kind === 'subscription') return renderSubscription(answer.said, asker);
  if (answer.kind === 'taken')
    return privately(`Taken. ${code(`${asker.command} actions`)} leads to the message that shows how it goes.`);
  if (answer.kind === 'bulk') return renderBulkAnswer(answer.said, asker);
  if (answer.kind === 'digest') return renderDigestAnswer(answer.said, asker);
  if (answer.kind === 'mute') return renderMute(answer.said, asker);
  if (answer.kind === 'maintenance') return renderMaintenance(answer.said, asker);
  if (answer.kind === 'parked') return renderParkedAnswer(answer.said, asker);
  if (answer.kind === 'request') return renderRequestAnswer(answer.said);
  if (answer.kind === 'feedback') return renderFeedbackAnswer(answer.said);
  if (answer.kind === 'owners') return renderOwnersTold(answer.said, asker.timeZone);
  return privately(sayPressAnswer(answer, asker));
}

function sayPressAnswer(
  answer: Exclude<
    PressAnswer,
    {
      kind:
        | 'subscription'
        | 'taken'
        | 'mute'
        | 'maintenance'
        | 'bulk'
        | 'parked'
        | 'owners'
        | 'request'
        | 'feedback'
        | 'digest';
    }
  >,
  { timeZone, command }: SubscriptionContext,
): string {
  switch (answer.kind) {
    case 'already':
      return `${mention(answer.by)} asked for a ${words(answer.action, 40)} of this at ${sayTime(answer.at, timeZone)}. It is under way; the message in the channel shows how it goes.`;
    case 'acknowledged':
      return `${mention(answer.by)} acknowledged this at ${sayTime(answer.at, timeZone)}. You can ask them how it goes.`;
    case 'denied':
      return answer.freeze ? sayFrozen(answer.why, answer.freeze.action, command) : sayDenied(answer);
    case 'cannot':
      return sentences([words(answer.say, 600)]);
    case 'waits':
      return sentences([
        policyWords(answer.by),
        `I wait for that until ${sayTime(answer.until, timeZone)}; nothing is changed before`,
      ]);
    case 'over':
      return 'This is over already: it has recovered or was skipped. Nothing was changed, and there is nothing left to do.';
    case 'gone':
      return refusals.tooOld;
    case 'fault':
      return refusals.fault(words(answer.id, 80));
  }
}

/** What a command of its own shows the plan of. */
const withPlan = new Set(['retry', 'backfill', 'redeploy']);

/** A freeze holds for all; the plan is where it can be gone over. */
function sayFrozen(why: string, action: string, command: string): string {
  return sentences([
    policyWords(why),
    'It can be done after that',
    withPlan.has(action)
      ? `If it cannot wait, ${code(`${command} ${action}`)} with the name of the pipeline shows its plan, where an operator can break the glass with a reason`
      : 'If it cannot wait, please ask an operator',
  ]);
}
