import type { Button, KnownBlock } from '@slack/types';
import type { ActionCard, ActionState, CourseWord } from '../domain/action';
import { buttons } from './buttons';
import { sayDuration } from './duration';
import { actionThumbs } from './feedback';
import { versionButton } from './first-run';
import { limits } from './limits';
import { actions, type Message, section, sentences } from './message';
import { cut, date, plain, sayDate, words } from './mrkdwn';
import { type NameOf, who } from './people';
import { actionNouns, listOf } from './wording';

const states: Readonly<Record<ActionState, string>> = {
  planned: 'Planned',
  asked: 'About to begin',
  'awaiting-approval': 'Waits for a second person',
  waiting: 'Waiting',
  releasing: 'Under way',
  paused: 'Paused',
  cancelling: 'Being cancelled; what has begun comes to its end',
  performing: 'Under way',
  following: 'Under way',
  succeeded: 'Done',
  failed: 'Over, not all well',
  refused: 'Refused',
  unsure: 'May or may not have taken effect; please look at the run',
  cancelled: 'Cancelled',
  expired: 'Nobody said yes in time; nothing was done',
};

/** The message that shows an action: what it does, how it goes, what hangs on it. Never throws. */
export function renderActionCard(card: ActionCard, nameOf?: NameOf): Message {
  const title = `${actionNouns[card.kind]} of ${words(card.what, 120)}`;
  const by = who(card.by, nameOf);
  const asked = `Asked by ${by}${card.approved ? `, approved by ${who(card.approved.by, nameOf)}` : ''}`;
  const state = sayState(card);
  const progress = sayProgress(card);
  const lines = [
    ...(card.broken
      ? [`*The glass was broken* by ${who(card.broken.by, nameOf)}: ${words(card.broken.reason, 400)}`]
      : []),
    ...(card.declined
      ? [
          `${who(card.declined.by, nameOf)} declined it, so nothing was done. Please ask them what would have to be different, and then ask again.`,
        ]
      : []),
    ...(card.declined?.say ? [`They said: ${words(card.declined.say, 300)}`] : []),
    ...(card.approved?.say ? [`They said: ${words(card.approved.say, 300)}`] : []),
    ...(card.approval ? [`${words(card.approval.reason, 300)} Until ${date(card.approval.until, card.timeZone)}`] : []),
    ...(card.state === 'awaiting-approval' ? card.how.map((each) => words(each, 200)) : []),
    ...(progress ? [progress] : []),
    ...(card.say ? [words(card.say, 400)] : []),
    ...(card.settledAt === undefined ? beforehand(card) : []),
    ...card.leftOut.map(
      ({ say, count, names }) =>
        `Left out: ${listOf(
          names.map((name) => words(name, 80)),
          count,
        )}: ${words(say, 120)}`,
    ),
  ];
  const text = cut(
    sentences([`${title}, ${asked.replace('Asked', 'asked')}: ${state}`, progress]),
    limits.message.textAdvised,
  );
  return {
    text,
    blocks: [
      {
        ...section(cut([`*${title}* · ${state}`, asked, ...lines].join('\n'), limits.textObject)),
        ...glass(card),
      },
      ...rowOf(card),
    ],
  };
}

/** For who may operate, beside the text: it is no likely press. */
function glass({ id, kind, what, state }: ActionCard): { accessory?: Button } {
  if (state !== 'awaiting-approval') return {};
  const about = `${actionNouns[kind]} of ${what}`;
  const accessory = buttons.breakGlass.element({ id, what: cut(plain(about), 200) }, { about });
  return accessory ? { accessory } : {};
}

/** The buttons that fit its state, the likely one first. */
function rowOf(card: ActionCard): KnownBlock[] {
  const row = (card.state === 'awaiting-approval' ? consent(card) : [...course(card), ...thumbs(card)]).filter(
    (element) => element !== undefined,
  );
  return row.length > 0 ? [actions(row)] : [];
}

/** Hold it, let it go on, or do again what has failed. */
function course(card: ActionCard): (Button | undefined)[] {
  const { id, kind, what, isLarge, progress } = card;
  if (card.words.length > 0) return card.words.map((word) => wordButton(card, word));
  if (card.opposite) {
    const { kind: opposite, pipeline } = card.opposite;
    const button = opposite === 'resume' ? buttons.resumePipeline : buttons.pausePipeline;
    return [
      button.element(
        { ...pipeline, ...(card.incidentId ? { incidentId: card.incidentId } : {}) },
        { about: pipeline.key },
      ),
    ];
  }
  if (card.back) return [versionButton(card.back, card.incidentId)];
  const failed = progress?.failed ?? 0;
  if (!isLarge || card.settledAt === undefined || failed === 0) return [];
  const label = `${actionNouns[kind]} ${failed.toLocaleString('en-US')} failed`;
  return [buttons.redoFailed.element({ id, kind }, { about: `${actionNouns[kind]} of ${what}`, label })];
}

/** Of what was tried and is over. */
function thumbs({ id, kind, what, state }: ActionCard): (Button | undefined)[] {
  return state === 'succeeded' || state === 'failed' ? actionThumbs(id, `${actionNouns[kind]} of ${what}`) : [];
}

function wordButton({ id, kind, what, turn, isBusy }: ActionCard, word: CourseWord): Button | undefined {
  const about = `${actionNouns[kind]} of ${what}`;
  if (word === 'pause') return buttons.pauseAction.element({ id, turn }, { about });
  if (word === 'resume') return buttons.resumeAction.element({ id, turn }, { about, style: 'primary' });
  return buttons.cancelAction.element(
    { id, turn },
    {
      about,
      style: 'danger',
      label: isBusy ? 'Cancel' : undefined,
      confirm: {
        title: isBusy ? 'Cancel it?' : 'Cancel the rest?',
        text: isBusy
          ? `${cut(plain(about), 120)} is not tried again. Nothing of it has begun.`
          : `${cut(plain(about), 120)}: what has not begun is left as it is. What has begun comes to its end.`,
        confirm: isBusy ? 'Cancel it' : 'Cancel rest',
        deny: 'Keep it',
      },
    },
  );
}

/** For a second person: yes or no; for who asked: take it back. The policy decides who of those that press may. */
function consent({ id, kind, what }: ActionCard): (Button | undefined)[] {
  const about = `${actionNouns[kind]} of ${what}`;
  return [
    buttons.approveAction.element({ id }, { about, style: 'primary' }),
    buttons.declineAction.element({ id }, { about }),
    buttons.withdrawAction.element({ id }, { about }),
  ];
}

function sayState({ state, progress, isBusy, declined }: ActionCard): string {
  if (declined) return 'Declined';
  if (isBusy) return 'Waits for its turn';
  if (state === 'releasing' && progress?.isBulkOff && progress.waiting > 0) return 'Held while all bulk work is paused';
  if (state !== 'paused' || !progress?.stopped) return states[state];
  const why = progress.stopped === 'canary-failed' ? 'the first one failed' : `${progress.failed} have failed`;
  return `Paused by itself, since ${why}`;
}

function sayProgress({ progress, state, timeZone }: ActionCard): string | undefined {
  if (!progress) return undefined;
  const { total, succeeded, failed, running, waiting, left, endsAt } = progress;
  const parts = [
    `${succeeded} of ${total} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(running > 0 ? [`${running} running`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(left > 0 ? [`${left} left out`] : []),
  ];
  const until = endsAt && state === 'releasing' ? `, probably ready ${sayDate(endsAt, timeZone)}` : '';
  const off = progress.isBulkOff && waiting > 0 && state !== 'releasing' ? '. All bulk work is paused now' : '';
  return `${parts.join(', ')}${until}${off}`;
}

function beforehand({ expectedMs, downstream, evidence, progress }: ActionCard): string[] {
  return [
    // Once it goes, its own pace tells when it is ready.
    ...(expectedMs === undefined || progress ? [] : [`Takes about ${sayDuration(expectedMs)}`]),
    ...(evidence
      ? [
          `A plain retry fixed this cause ${evidence.fixed} of ${evidence.tried} times${evidence.medianMs === undefined ? '' : `, median ${sayDuration(evidence.medianMs)}`}`,
        ]
      : []),
    ...(downstream.total > 0
      ? [
          `Waiting downstream: ${listOf(
            downstream.names.map((name) => words(name, 80)),
            downstream.total,
          )}`,
        ]
      : []),
  ];
}
