import type { Button as ButtonElement, Overflow } from '@slack/types';
import { z } from 'zod';
import { type ActionKind, actionKinds } from '../domain/action';
import { ClosingReason, closingReasons } from '../domain/closing';
import { unwantedMessages } from '../domain/feedback';
import { ParkedCause } from '../domain/parked';
import { type Carried, carriedAs } from './carried';
import { limits } from './limits';
import { cut, plain, webAddress } from './mrkdwn';

/** What a person must be allowed to do. Guests may only `look`. */
export type Needs = 'look' | 'acknowledge' | ActionKind;

/**
 * When two presses on the same message are the same wish. `turn`: until the action they ask for has had its outcome, so that one
 * turn starts one retry however often it is pressed. `minute`: within the same minute, for what can be wished again later. `never`: each
 * press counts, for what everybody says for themselves and may say otherwise later.
 */
export type SameWish = 'turn' | 'minute' | 'never';

export interface ButtonLook {
  /** What it acts on, in words; together with the label it is what a screen reader says. */
  about: string;
  label?: string;
  style?: 'primary' | 'danger';
  confirm?: { title: string; text: string; confirm: string; deny: string };
}

export interface Button<T> extends Carried<T> {
  /** Versioned. Ids live on in old messages: never rename one; add `.v2` and keep both. */
  id: string;
  label: string;
  needs: Needs;
  /** Pressing it is stored before it is acked, and done by the worker. False: it is acked, and at most a dialog opens. */
  changes: boolean;
  sameWish: SameWish;
  /** The element, or nothing when its value cannot be carried. */
  element(value: T, look: ButtonLook): ButtonElement | undefined;
}

function defineButton<T>(
  id: string,
  schema: z.ZodType<T>,
  kind: { label: string; needs: Needs; changes: boolean; sameWish?: SameWish },
): Button<T> {
  const carried = carriedAs(schema, limits.button.value);
  return {
    ...carried,
    id,
    label: kind.label,
    needs: kind.needs,
    changes: kind.changes,
    sameWish: kind.sameWish ?? 'minute',
    element(value, look) {
      const text = carried.encode(value);
      if (text === undefined) return undefined;
      const label = look.label ?? kind.label;
      return {
        type: 'button',
        action_id: id,
        text: { type: 'plain_text', text: cut(plain(label), limits.button.shownText), emoji: true },
        value: text,
        accessibility_label: cut(plain(`${kind.label}: ${look.about}`), limits.button.accessibilityLabel),
        ...(look.style ? { style: look.style } : {}),
        ...(look.confirm ? { confirm: confirmation(look.confirm, look.style) } : {}),
      };
    },
  };
}

function confirmation(said: NonNullable<ButtonLook['confirm']>, style: ButtonLook['style']): ButtonElement['confirm'] {
  const text = (value: string, max: number) => ({ type: 'plain_text' as const, text: cut(plain(value), max) });
  return {
    title: text(said.title, limits.confirm.title),
    text: text(said.text, limits.confirm.text),
    confirm: text(said.confirm, limits.confirm.confirm),
    deny: text(said.deny, limits.confirm.deny),
    ...(style ? { style } : {}),
  };
}

/** Ids only: what they stand for is read when the press is done. */
export const RunValue = z.object({
  incidentId: z.string().min(1),
  connection: z.string().min(1),
  pipeline: z.string().min(1),
  partition: z.string().optional(),
  run: z.string().min(1),
  attempt: z.number().int().min(0),
  /** `IncidentView.turn` of the message: a new try is a new press. */
  turn: z.number().int().min(0).default(0),
});
export type RunValue = z.infer<typeof RunValue>;

const MuteValue = z.object({ incidentId: z.string().min(1), minutes: z.number().int().min(1).max(10_080) });
export type MuteValue = z.infer<typeof MuteValue>;

/** One post that was set aside. */
const ParkedValue = z.object({ id: z.uuid() });

/** All of them that have the same reason. */
const AlikeValue = z.object({ cause: ParkedCause });

const PipelineValue = z.object({ connection: z.string().min(1), key: z.string().min(1) });

/** An entry of the menu beside an alert. Short, since an option of a menu carries 75 characters. */
const MoreValue = z.union([
  MuteValue,
  z.object({ incidentId: z.string().min(1), close: ClosingReason }),
  /** `back`: the version to go back to. Opens its plan. */
  z.object({ incidentId: z.string().min(1), back: z.string().min(1) }),
  /** Shows what cannot be done with what the alert is about, and why. */
  z.object({ incidentId: z.string().min(1), whyNot: z.literal(true) }),
]);
export type MoreValue = z.infer<typeof MoreValue>;

const ActionValue = z.object({ id: z.uuid() });
/** `turn`: how often somebody has said something about it; the same word again later is a new wish. */
const ActionTurnValue = z.object({ id: z.uuid(), turn: z.number().int().min(0) });
const FailedItemsValue = z.object({ id: z.uuid(), kind: z.enum(actionKinds) });
/** `what` it is about, for the dialog. */
const GlassValue = z.object({ id: z.uuid(), what: z.string() });

const IncidentValue = z.object({ incidentId: z.uuid() });

/** `incidentId`: of the thread in which it stands. */
const AutoRetryValue = z.object({ id: z.uuid(), incidentId: z.uuid().optional() });

const BackfillValue = z.object({
  connection: z.string().min(1),
  key: z.string().min(1),
  partition: z.string().optional(),
  incidentId: z.uuid().optional(),
});

const VersionValue = z.object({
  connection: z.string().min(1),
  key: z.string().min(1),
  version: z.string().min(1),
  incidentId: z.uuid().optional(),
});

/** `incidentId`: of the thread in which it stands. */
const HeldValue = PipelineValue.extend({ incidentId: z.uuid().optional() });

const LinkValue = z.object({ to: z.string() });

const RequestValue = z.object({ id: z.uuid() });
export type RequestValue = z.infer<typeof RequestValue>;

/** `answer`: the solved request whose solution was offered. */
const AnswerValue = RequestValue.extend({ answer: z.uuid() });

/** What an entry of the menu of a request is about; each opens a form of its own. */
export const requestParts = ['give', 'sort', 'link', 'later', 'note'] as const;
export type RequestPart = (typeof requestParts)[number];
const RequestPartValue = RequestValue.extend({ part: z.enum(requestParts) });

/** `task`: the follow-up of it. */
const TaskValue = RequestValue.extend({ task: z.uuid() });

const PinnedValue = z.object({ answer: z.uuid() });

/** Questions that are alike. */
const QuestionValue = z.object({ group: z.uuid() });

const ForgetValue = z.object({ slackId: z.string().min(1) });

/** Messages that somebody does not want, or wants again. */
const WantValue = z.object({ what: z.enum(unwantedMessages) });

const PulseValue = z.object({ quarter: z.string().min(1) });

const HomeValue = z.object({ from: z.literal('home') });

const DigestValue = z.object({ from: z.literal('digest') });

const pulseButton = (word: string, label: string) =>
  defineButton(`pulse-${word}.v1`, PulseValue, { label, needs: 'look', changes: true, sameWish: 'never' });

const rateButton = (word: string, label: string) =>
  defineButton(`rate-request-${word}.v1`, RequestValue, { label, needs: 'look', changes: true, sameWish: 'never' });

export const buttons = {
  retryRun: defineButton('retry-run.v1', RunValue, { label: 'Retry', needs: 'retry', changes: true, sameWish: 'turn' }),
  /** Of an incident that has hit many: opens the plan. */
  retryAll: defineButton('retry-all.v1', IncidentValue, { label: 'Retry all', needs: 'retry', changes: false }),
  /** Opens the form. */
  backfill: defineButton('backfill.v1', BackfillValue, { label: 'Backfill…', needs: 'backfill', changes: false }),
  /** Opens the other ways to mend a run. */
  otherWays: defineButton('other-ways.v1', RunValue, { label: 'Other ways', needs: 'acknowledge', changes: false }),
  stopRun: defineButton('stop-run.v1', RunValue, { label: 'Stop', needs: 'stop', changes: true, sameWish: 'turn' }),
  acknowledge: defineButton('acknowledge.v1', RunValue, { label: 'Acknowledge', needs: 'acknowledge', changes: true }),
  unacknowledge: defineButton('unacknowledge.v1', RunValue, {
    label: 'Hand back',
    needs: 'acknowledge',
    changes: true,
  }),
  more: defineButton('alert-more.v1', MoreValue, { label: 'More', needs: 'acknowledge', changes: true }),
  undoClose: defineButton('undo-close.v1', RunValue, { label: 'Not skipped', needs: 'acknowledge', changes: true }),
  /** An entry of the menu beside alerts of earlier releases. */
  mute: defineButton('mute.v1', MuteValue, { label: 'Mute', needs: 'acknowledge', changes: true }),
  unmute: defineButton('unmute.v1', RunValue, { label: 'Unmute', needs: 'acknowledge', changes: true }),
  showLog: defineButton('show-log.v1', RunValue, { label: 'Show log', needs: 'look', changes: true }),
  resendParked: defineButton('resend-parked.v1', ParkedValue, {
    label: 'Send again',
    needs: 'acknowledge',
    changes: true,
  }),
  resendAlike: defineButton('resend-alike.v1', AlikeValue, {
    label: 'Send all again',
    needs: 'acknowledge',
    changes: true,
  }),
  dropParked: defineButton('drop-parked.v1', ParkedValue, { label: 'Drop', needs: 'acknowledge', changes: true }),
  /** Lists in the thread all that the alert only counts. */
  showMembers: defineButton('show-members.v1', RunValue, { label: 'Show all', needs: 'look', changes: true }),
  tellOwners: defineButton('tell-owners.v1', PipelineValue, {
    label: 'Tell those who wait',
    needs: 'acknowledge',
    changes: true,
  }),
  approveAction: defineButton('approve-action.v1', ActionValue, {
    label: 'Approve',
    needs: 'acknowledge',
    changes: true,
  }),
  declineAction: defineButton('decline-action.v1', ActionValue, {
    label: 'Decline',
    needs: 'acknowledge',
    changes: true,
  }),
  withdrawAction: defineButton('withdraw-action.v1', ActionValue, {
    label: 'Withdraw',
    needs: 'acknowledge',
    changes: true,
  }),
  allowAutoRetry: defineButton('allow-auto-retry.v1', AutoRetryValue, {
    label: 'Let Pitcrew do it',
    needs: 'acknowledge',
    changes: true,
  }),
  stopAutoRetry: defineButton('stop-auto-retry.v1', AutoRetryValue, {
    label: 'Stop doing that',
    needs: 'acknowledge',
    changes: true,
  }),
  pauseAction: defineButton('pause-action.v1', ActionTurnValue, {
    label: 'Pause',
    needs: 'acknowledge',
    changes: true,
  }),
  resumeAction: defineButton('resume-action.v1', ActionTurnValue, {
    label: 'Resume',
    needs: 'acknowledge',
    changes: true,
  }),
  cancelAction: defineButton('cancel-action.v1', ActionTurnValue, {
    label: 'Cancel rest',
    needs: 'acknowledge',
    changes: true,
  }),
  /** Opens the plan of doing again what has failed of a large action. */
  redoFailed: defineButton('redo-failed.v1', FailedItemsValue, {
    label: 'Again for what failed',
    needs: 'acknowledge',
    changes: false,
  }),
  /** Opens the plan to put a version in force again. */
  backToVersion: defineButton('back-to-version.v1', VersionValue, {
    label: 'Roll back',
    needs: 'redeploy',
    changes: false,
  }),
  /** Each opens the plan of undoing the other. */
  pausePipeline: defineButton('pause-pipeline.v1', HeldValue, { label: 'Pause', needs: 'pause', changes: false }),
  resumePipeline: defineButton('resume-pipeline.v1', HeldValue, { label: 'Resume', needs: 'resume', changes: false }),
  /** Opens a dialog that asks for the reason. */
  breakGlass: defineButton('break-glass.v1', GlassValue, {
    label: 'Break glass',
    needs: 'acknowledge',
    changes: false,
  }),
  /** What those who were there think of the cause that an alert names. */
  causeRight: defineButton('cause-right.v1', IncidentValue, {
    label: '👍 Right cause',
    needs: 'look',
    changes: true,
    sameWish: 'never',
  }),
  causeWrong: defineButton('cause-wrong.v1', IncidentValue, {
    label: '👎 Wrong cause',
    needs: 'look',
    changes: true,
    sameWish: 'never',
  }),
  /** The same of a change that is over. */
  itHelped: defineButton('it-helped.v1', ActionValue, {
    label: '👍 It helped',
    needs: 'look',
    changes: true,
    sameWish: 'never',
  }),
  noHelp: defineButton('no-help.v1', ActionValue, {
    label: '👎 It did not',
    needs: 'look',
    changes: true,
    sameWish: 'never',
  }),
  claimRequest: defineButton('claim-request.v1', RequestValue, {
    label: 'I take it',
    needs: 'look',
    changes: true,
    sameWish: 'never',
  }),
  /** Opens the form for the solution. */
  solveRequest: defineButton('solve-request.v1', RequestValue, {
    label: 'Solve…',
    needs: 'look',
    changes: false,
  }),
  /** Opens the form for a question or an answer to the requester. */
  /** What was asked in private, for those who answer it. */
  readRequest: defineButton('read-request.v1', RequestValue, { label: 'Read it…', needs: 'look', changes: false }),
  askBack: defineButton('ask-back.v1', RequestValue, { label: 'Write back…', needs: 'look', changes: false }),
  /** A menu: each entry opens the form for one thing that the team does with it. */
  requestMenu: defineButton('request-menu.v1', RequestPartValue, {
    label: 'More',
    needs: 'look',
    changes: false,
  }),
  /** On cards of earlier releases: one form for all of these. */
  changeRequest: defineButton('change-request.v1', RequestValue, {
    label: 'More…',
    needs: 'look',
    changes: false,
  }),
  /** A follow-up of it is done, or is not after all. */
  finishTask: defineButton('finish-task.v1', TaskValue, {
    label: 'Done',
    needs: 'look',
    changes: true,
    sameWish: 'never',
  }),
  reopenTask: defineButton('reopen-task.v1', TaskValue, {
    label: 'Not done',
    needs: 'look',
    changes: true,
    sameWish: 'never',
  }),
  /** Opens the form for an answer that is offered to all who ask the like. */
  pinAnswer: defineButton('pin-answer.v1', RequestValue, {
    label: 'Pin answer…',
    needs: 'look',
    changes: false,
  }),
  unpinAnswer: defineButton('unpin-answer.v1', PinnedValue, { label: 'Unpin', needs: 'look', changes: true }),
  /** Opens the draft of an entry for a runbook. */
  writeEntry: defineButton('write-entry.v1', QuestionValue, {
    label: 'See draft…',
    needs: 'acknowledge',
    changes: false,
  }),
  dismissQuestion: defineButton('dismiss-question.v1', QuestionValue, {
    label: 'Not needed',
    needs: 'acknowledge',
    changes: true,
  }),
  /** For who asked. */
  requestSolved: defineButton('request-solved.v1', RequestValue, {
    label: 'This is solved',
    needs: 'look',
    changes: true,
    sameWish: 'never',
  }),
  reopenRequest: defineButton('reopen-request.v1', RequestValue, {
    label: 'Still need help',
    needs: 'look',
    changes: true,
    sameWish: 'never',
  }),
  /** One of the answers that were offered was enough. */
  answerSolved: defineButton('answer-solved.v1', AnswerValue, {
    label: 'This solved it',
    needs: 'look',
    changes: true,
    sameWish: 'never',
  }),
  needHelpStill: defineButton('need-help-still.v1', RequestValue, {
    label: 'Still need help',
    needs: 'look',
    changes: true,
  }),
  /** Takes out a person's words for good. */
  forgetMe: defineButton('forget-me.v1', ForgetValue, { label: 'Erase my data', needs: 'look', changes: true }),
  /** On the Home tab: opens the form. */
  askHelp: defineButton('ask-help.v1', HomeValue, { label: 'Ask for help', needs: 'look', changes: false }),
  /** The same for a word of feedback. */
  giveFeedback: defineButton('give-feedback.v1', HomeValue, { label: 'Give feedback', needs: 'look', changes: false }),
  /** Opens the form for theme and status of something that somebody said. */
  sortFeedback: defineButton('sort-feedback.v1', RequestValue, {
    label: 'Sort…',
    needs: 'acknowledge',
    changes: false,
  }),
  /** Opens the form for what was done about it. */
  answerFeedback: defineButton('answer-feedback.v1', RequestValue, {
    label: 'Done…',
    needs: 'acknowledge',
    changes: false,
  }),
  unwanted: defineButton('unwanted.v1', WantValue, { label: 'No more of these', needs: 'look', changes: true }),
  wanted: defineButton('wanted.v1', WantValue, { label: 'Send them again', needs: 'look', changes: true }),
  refreshHome: defineButton('refresh-home.v1', HomeValue, { label: 'Refresh', needs: 'look', changes: false }),
  rate1: rateButton('one', '1 😞'),
  rate2: rateButton('two', '2'),
  rate3: rateButton('three', '3'),
  rate4: rateButton('four', '4'),
  rate5: rateButton('five', '5 😀'),
  /** Opens the form for a word about the rating that was given. */
  explainRating: defineButton('explain-rating.v1', RequestValue, {
    label: 'Say why…',
    needs: 'look',
    changes: false,
  }),
  /** Opens the form: whose digest a channel gets, and when. */
  digestSettings: defineButton('digest-settings.v1', DigestValue, {
    label: 'Digest settings…',
    needs: 'acknowledge',
    changes: false,
  }),
  pulse1: pulseButton('one', '1 😞'),
  pulse2: pulseButton('two', '2'),
  pulse3: pulseButton('three', '3'),
  pulse4: pulseButton('four', '4'),
  pulse5: pulseButton('five', '5 😀'),
  /** Opens the form for a word about the answer that was given. */
  explainPulse: defineButton('explain-pulse.v1', PulseValue, { label: 'Say why…', needs: 'look', changes: false }),
  /** A button with an address. Slack opens it by itself, and sends a press all the same. */
  openLink: defineButton('open-link.v1', LinkValue, { label: 'Open', needs: 'look', changes: false }),
};

/** How satisfied somebody was, from 1 to 5. */
export const rates = [buttons.rate1, buttons.rate2, buttons.rate3, buttons.rate4, buttons.rate5];

/** How well people are helped, from 1 to 5. */
export const pulseScores = [buttons.pulse1, buttons.pulse2, buttons.pulse3, buttons.pulse4, buttons.pulse5];

/** What people think of what was done for them. */
export const thumbs = [buttons.causeRight, buttons.causeWrong, buttons.itHelped, buttons.noHelp];

/** Where there is no room for all of them, the shortest and the longest; where for one alone, the one between. */
const muteHours = [[4], [1, 24], [1, 4, 24]] as const;

/**
 * What is chosen seldom: how long an alert is to be quiet for everybody in its channel, where its people may say so, that it is skipped on
 * purpose and why, where a version was put in force before it broke, the way back, and why a button that people look for is not there.
 * What cannot be carried is left out.
 */
export function alertMenu(
  incidentId: string,
  of: { about: string; isMutable: boolean; isClosable: boolean; back?: string; missed: readonly string[] },
): Overflow | undefined {
  const { about, isMutable, isClosable, back, missed } = of;
  const fitting = (entries: { text: string; value: MoreValue }[]) =>
    entries.flatMap(({ text, value }) => {
      const carried = buttons.more.encode(value);
      if (carried === undefined || carried.length > limits.option.value) return [];
      return [{ text: { type: 'plain_text' as const, text: cut(text, limits.option.text) }, value: carried }];
    });
  const ways = fitting(
    back === undefined ? [] : [{ text: `Roll back to version ${plain(back)}…`, value: { incidentId, back } }],
  );
  const closes = fitting(
    (isClosable ? ClosingReason.options : []).map((close) => ({
      text: `Skip: ${closingReasons[close]}`,
      value: { incidentId, close },
    })),
  );
  const whys = fitting(
    missed.length === 0 ? [] : [{ text: `Why no ${oneOf(missed)}?`, value: { incidentId, whyNot: true } }],
  );
  const room = limits.overflow.options - ways.length - closes.length - whys.length;
  const hours = (isMutable ? muteHours[Math.min(room, muteHours.length) - 1] : undefined) ?? [];
  const mutes = fitting(hours.map((each) => ({ text: `Mute ${each} h`, value: { incidentId, minutes: each * 60 } })));
  const options = [...ways, ...mutes, ...closes, ...whys];
  if (options.length === 0) return undefined;
  const isBack = ways.length > 0;
  const isRead = options.length === whys.length;
  return {
    type: 'overflow',
    action_id: buttons.more.id,
    options,
    ...(isRead
      ? {}
      : {
          confirm: confirmation(
            askFirst(cut(plain(about), 40), { isClosable, isBack, isWhy: whys.length > 0 }),
            'danger',
          ),
        }),
  };
}

/** "Retry, Show log or Backfill" */
function oneOf(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${last}` : last;
}

/** Slack asks the same for every entry of a menu. */
function askFirst(name: string, of: { isClosable: boolean; isBack: boolean; isWhy: boolean }) {
  const { isClosable, isBack, isWhy } = of;
  if (!isClosable && !isBack && !isWhy)
    return {
      title: 'Mute for all here?',
      text: `No reminders, no news of ${name} until then. Its recovery is told.`,
      confirm: 'Mute',
      deny: 'Keep telling',
    };
  return {
    title: 'For all here?',
    text: [
      `Mute: no news of ${name} till then.`,
      ...(isClosable ? ['Skip: over until it fails anew.'] : []),
      ...(isBack ? ['Roll back: shows its plan first, and changes nothing yet.'] : []),
      ...(isWhy ? ['Why: tells you alone, and changes nothing.'] : []),
    ].join(' '),
    confirm: isBack || isWhy ? 'Go on' : 'Mute or skip',
    deny: isBack || isWhy ? 'Leave it' : 'Keep telling',
  };
}

/** A button that opens an address; nothing when the address may not stand there. */
export function linkButton(address: string | undefined, label: string, about: string): ButtonElement | undefined {
  const url = webAddress(address, limits.button.url);
  const element = buttons.openLink.element({ to: label }, { label, about });
  return url === undefined || element === undefined ? undefined : { ...element, url };
}

/** The same for a button or an entry of a menu that carries nothing of a run: within a minute it is the same wish. */
export function valueWishOf(value: object, receivedAt: Date): string {
  return `${Object.values(value).join('.')}.${Math.floor(receivedAt.getTime() / 60_000)}`;
}

/** The part of a press's key that says which wish it is, beside the post and the button. */
export function wishOf(sameWish: SameWish, value: Pick<RunValue, 'attempt' | 'turn'>, receivedAt: Date): string {
  const turn = `${value.attempt}.${value.turn}`;
  return sameWish === 'turn' ? turn : `${turn}.${Math.floor(receivedAt.getTime() / 60_000)}`;
}
