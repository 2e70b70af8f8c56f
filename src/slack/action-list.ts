import type { ActionState } from '../domain/action';
import type { ActionList, BulkAnswer, BulkState, ListedAction } from '../domain/action-list';
import { limits } from './limits';
import { context, header, type Message, sectionsOf, sentence, sentences } from './message';
import { code, cut, date, isUserId, link, mention, sayDate, words } from './mrkdwn';
import { actionNouns, countOf, sayDenied, sayHeld } from './wording';

export interface ListContext {
  /** With its slash, as this workspace calls it. */
  command: string;
  timeZone: string;
}

const states: Partial<Record<ActionState, string>> = {
  asked: '⏳ about to begin',
  'awaiting-approval': '✋ waits for a second person',
  paused: '⏸️ paused',
  cancelling: '⏹️ being cancelled',
};

/** What is under way or waits for somebody, with the way to each; when there is nothing, what to do next. Never throws. */
export function renderActions(list: ActionList, asker: ListContext): Message {
  if (list.actions.length === 0)
    return sentence(
      `Nothing is under way here, and nothing of yours. A change begins beside its alert (Retry, or the menu), or with ${code(`${asker.command} retry name`)}; ${code(`${asker.command} status`)} shows what has failed.`,
    );
  const headline = `${countOf(list.actions.length + list.more, 'change')} under way or waiting`;
  return {
    text: cut(sentences([headline, ...list.actions.map((action) => said(action, asker))]), limits.message.textAdvised),
    blocks: [
      header(headline),
      ...sectionsOf(list.actions.map((action) => line(action, asker))),
      ...(list.more > 0 ? [context(`and ${list.more.toLocaleString('en-US')} more`)] : []),
    ],
  };
}

/** How the switch for all bulk work stands, who has it so since when, what waits, and how to turn it. Never throws. */
export function renderBulkState(state: BulkState, asker: ListContext): Message {
  const { off, actions, more, mayOperate, whoMay } = state;
  const why = off?.reason ? `: ${words(off.reason, 400)}` : '';
  const stands = off
    ? `⏸️ All bulk work is paused, by ${person(off.by)} since ${sayDate(off.at, asker.timeZone)}${why}`
    : '▶️ Bulk work may go on';
  const held = actions.length + more;
  const what =
    held === 0
      ? 'No large action is under way'
      : `${countOf(held, 'large action')} ${off ? (held === 1 ? 'waits' : 'wait') : held === 1 ? 'is under way' : 'are under way'}`;
  const turn = code(`${asker.command} bulk ${off ? 'on' : 'off planned work'}`);
  const how = mayOperate
    ? `${turn} ${off ? 'lets it go on' : 'pauses all of it: what has begun comes to its end, nothing new begins; single retries still go'}`
    : `To turn it is for ${words(whoMay, 200)}`;
  const first = sentences([stands, what, how]);
  return {
    text: cut(
      sentences([first, ...actions.map((action) => said(action, asker))]).replaceAll('`', ''),
      limits.message.textAdvised,
    ),
    blocks: [...sentence(first).blocks, ...sectionsOf(actions.map((action) => line(action, asker)))],
  };
}

/** What came of a word on the switch. Never throws. */
export function renderBulkAnswer(answer: BulkAnswer, asker: ListContext): Message {
  const typed = (rest: string) => code(`${asker.command} ${rest}`);
  switch (answer.kind) {
    case 'switched': {
      const { to, waiting, announcedIn } = answer;
      const held = sayHeld(waiting);
      return sentence(
        sentences([
          to === 'off'
            ? `All bulk work is paused. ${held}: what has begun comes to its end, nothing new begins`
            : `Bulk work goes on. ${held}`,
          announcedIn ? `Told in ${words(announcedIn, 80)}` : undefined,
          `To undo it: ${typed(to === 'off' ? 'bulk on' : 'bulk off reason')}`,
        ]),
      );
    }
    case 'so-already': {
      const by = answer.by && answer.at ? `, by ${person(answer.by)} since ${sayDate(answer.at, asker.timeZone)}` : '';
      return sentence(
        answer.to === 'off'
          ? `All bulk work is paused already${by}. ${typed('bulk on')} lets it go on.`
          : `Bulk work may go on already; nothing is paused. ${typed('bulk off reason')} pauses it.`,
      );
    }
    case 'denied':
      return sentence(`${sayDenied(answer)} ${typed('bulk')} shows how it stands.`);
    case 'unclear':
      return sentence(
        `I do not know what ${code(answer.asked, 80)} means here. ${typed('bulk off planned work')} pauses all bulk work, ${typed('bulk on')} lets it go on, ${typed('bulk')} shows how it stands.`,
      );
  }
}

function line(action: ListedAction, { timeZone }: ListContext): string {
  const what = `${actionNouns[action.kind]} of ${words(action.what, 120)}`;
  return `• *${action.url ? link(action.url, what) : what}* · ${stateOf(action)} · ${person(action.by)}, ${date(action.askedAt, timeZone)}`;
}

function said(action: ListedAction, { timeZone }: ListContext): string {
  return `${actionNouns[action.kind]} of ${words(action.what, 120)}: ${stateOf(action)}, asked by ${person(action.by)} on ${sayDate(action.askedAt, timeZone)}`;
}

function stateOf({ state, progress }: ListedAction): string {
  const counts = progress
    ? `, ${progress.succeeded} of ${progress.total} done${progress.failed > 0 ? `, ${progress.failed} failed` : ''}`
    : '';
  return `${states[state] ?? '🔄 under way'}${counts}`;
}

const person = (id: string): string => (isUserId(id) ? mention(id) : words(id, 60));
