import type { KnownBlock } from '@slack/types';
import type { ActionKind, ActionState } from '../domain/action';
import { closingReasons } from '../domain/closing';
import type { Notice } from '../domain/notice';
import { renderAskedOften } from './asked-often';
import { renderAutoAsked, renderAutoRetry } from './auto-retry';
import { buttons } from './buttons';
import { renderChart } from './digest/details';
import { sayDuration } from './duration';
import { actionThumbs, causeThumbs, rowOf } from './feedback';
import { renderFirstRun } from './first-run';
import { limits } from './limits';
import { actions, type Message, section, sentences } from './message';
import { code, cut, date, fence, link, mention, preformattedLines, sayDate, words } from './mrkdwn';
import { type NameOf, who, whoQuietly } from './people';
import { renderPulse } from './pulse';
import { renderRequestReply } from './request-card';
import { sayIncidentState } from './states';
import { renderStormFile } from './storm';
import { renderTriageDay } from './triage-day';
import { actionNouns, listOf, sayHeld } from './wording';
import { renderYouAskedMessage } from './you-asked';

export interface StoryContext {
  /** Title of the incident's first pipeline, else its key. */
  name: string;
  /** IANA zone for dates in words. */
  timeZone: string;
  nameOf?: NameOf;
  /** Of the thread. */
  incidentId?: string;
  /** The cause that its alert names, in words. */
  cause?: string;
}

/** Of a list, in characters as sent; the wire form of its blocks stays below what a message may hold. */
const membersMax = 9_000;
/** Of a log, the end is shown: that is where the reason stands. In characters as sent. */
const logShown = 2_600;

/** One fact as a reply in the incident's thread. Nobody is called, except by a reminder that says whom. Never throws. */
export function renderNotice(notice: Notice, story: StoryContext): Message {
  const name = words(story.name, 120);
  const person = (id: string): string => who(id, story.nameOf);
  switch (notice.kind) {
    case 'failed-again': {
      const step = notice.step ? ` / ${words(notice.step, 80)}` : '';
      if (notice.ended) {
        const how = `${notice.ended.kind === 'kill' ? 'Killed' : 'Stopped'} by ${person(notice.ended.by)}`;
        return say(
          `${how}: ${words(notice.pipeline, 120)}${step}, attempt ${notice.attempt}`,
          `${how}: *${words(notice.pipeline, 120)}*${step}, attempt ${notice.attempt}, ${date(notice.at, story.timeZone)}${linkLine(notice.url, 'Run')}`,
        );
      }
      const error = notice.error ? `: ${words(notice.error, 200)}` : '';
      return withBlocks(
        say(
          `${sayIncidentState('failed')} again: ${words(notice.pipeline, 120)}${step}, attempt ${notice.attempt}${error}`,
          `${sayIncidentState('failed')} again: *${words(notice.pipeline, 120)}*${step}, attempt ${notice.attempt}, ${date(notice.at, story.timeZone)}` +
            `${notice.error ? `\n${code(notice.error, 400)}` : ''}${linkLine(notice.url, 'Run')}`,
        ),
        notice.actionId ? rowOf(actionThumbs(notice.actionId, `Retry of ${notice.pipeline}`)) : [],
      );
    }
    case 'joined': {
      const names = listOf(
        notice.pipelines.map((each) => words(each, 80)),
        notice.count,
      );
      const why = notice.why === 'downstream' ? 'because they wait for this' : 'with the same cause';
      return say(`${notice.count} more hit ${why}: ${names}. ${notice.total} hit in all`);
    }
    case 'member-recovered': {
      const names = listOf(
        notice.pipelines.map((each) => words(each, 80)),
        notice.count,
      );
      return say(`${sayIncidentState('recovered')}: ${names}. ${notice.left} still hit`);
    }
    case 'running-again':
      return say(
        `${name} runs again, attempt ${notice.attempt}`,
        `${name} runs again, attempt ${notice.attempt}${linkLine(notice.url, 'Run')}`,
      );
    case 'acknowledged':
      return say(`${sayIncidentState('acknowledged')} by ${person(notice.by)}: reminders stop`);
    case 'acknowledge-expired':
      return say('The acknowledgement has run out and this is not over. Please press Acknowledge if you are on it');
    case 'muted':
      return say(
        `${sayIncidentState('muted')} by ${person(notice.by)} until ${sayDate(notice.until, story.timeZone)}`,
        `${sayIncidentState('muted')} by ${person(notice.by)} until ${date(notice.until, story.timeZone)}`,
      );
    case 'unmuted': {
      const by = notice.by ? ` by ${person(notice.by)}` : ': the time is over';
      const hid =
        notice.hid > 0 ? `. ${notice.hid} ${notice.hid === 1 ? 'event was' : 'events were'} not told meanwhile` : '';
      return say(`No longer muted${by}${hid}`);
    }
    case 'maintenance-ended':
      return maintenanceEnded(notice);
    case 'mute-ended':
      return muteEnded(notice, story);
    case 'auto-retry':
      return renderAutoRetry(notice, story);
    case 'action-asked':
      if (notice.auto !== undefined) return renderAutoAsked({ ...notice, auto: notice.auto }, story);
      return say(`${actionNouns[notice.action]} asked by ${person(notice.by)}: ${words(notice.what, 200)}`);
    case 'action-settled':
      return settled(notice, person(notice.by));
    case 'consent':
      return say(sayConsent(notice, story));
    case 'bulk': {
      const by = notice.by ? ` by ${person(notice.by)}` : '';
      const why = notice.say ? `: ${words(notice.say, 400)}` : '';
      const how = {
        paused: `was paused${by}`,
        resumed: `was resumed${by}`,
        cancelled: `was cancelled${by}`,
        'stopped-itself': 'has stopped by itself',
        'still-paused': 'is still paused',
        'word-refused': 'goes on as it did',
      }[notice.what];
      return say(`${manyOf(notice)} ${how}${why}`);
    }
    case 'bulk-switched': {
      const held = sayHeld(notice.count);
      if (notice.to === 'on') return say(`▶️ Bulk work goes on, says ${person(notice.by)}. ${held}`);
      const why = notice.reason ? `: ${words(notice.reason, 400)}` : '';
      return say(
        `⏸️ All bulk work is paused by ${person(notice.by)}${why}. ${held}: what has begun comes to its end, nothing new begins. Single retries still go`,
      );
    }
    case 'first-run':
      return renderFirstRun(notice, story.incidentId);
    case 'nothing-began': {
      const usually =
        notice.usuallyMs === undefined ? '' : ` Usually it begins within ${sayDuration(notice.usuallyMs)}.`;
      return say(
        `${actionNouns[notice.action]} of ${words(notice.what, 200)} was taken ${sayDuration(notice.waitedMs)} ago, but nothing has begun.${usually} ` +
          'Please look at the queue of the orchestrator; I go on watching',
      );
    }
    case 'bulk-ended':
      return bulkEnded(notice, person(notice.by));
    case 'bulk-listed': {
      const what = `${manyOf(notice)}: what became of ${notice.count === 1 ? 'its one item' : `each of ${notice.count.toLocaleString('en-US')}`}, and why`;
      return say(`${what}: ${notice.url ?? 'see the file'}`, `${what}: ${link(notice.url, 'one file')}`);
    }
    case 'log':
      return withBlocks(logTail(notice), askCause(story));
    case 'log-missing':
      return say(
        `No log of ${words(notice.pipeline, 120)}: ${words(notice.say, 400)}`,
        `No log of *${words(notice.pipeline, 120)}*: ${words(notice.say, 400)}${linkLine(notice.url, 'Look there')}`,
      );
    case 'members':
      return memberList(notice, story);
    case 'recovered':
      return withBlocks(
        say(
          `${sayIncidentState('recovered')} after ${sayDuration(notice.tookMs)}: ${name}; ${howItRecovered(notice, story)}`,
        ),
        notice.actionId ? rowOf(actionThumbs(notice.actionId, `Retry of ${story.name}`)) : askCause(story),
      );
    case 'skipped': {
      const by = notice.by ? ` by ${whoQuietly(notice.by, story.nameOf)}` : '';
      const why = notice.why ? ` (${closingReasons[notice.why]})` : '';
      const then = notice.why ? 'If it fails anew, it is told' : 'Nobody needs to do anything';
      return say(`${sayIncidentState('skipped')}${notice.why ? ' on purpose' : ''}${by}: ${name}${why}. ${then}`);
    }
    case 'closing-undone':
      return say(`${person(notice.by)} took back that ${name} is skipped: it stands as its runs say`);
    case 'followed-ended': {
      const whose = words(notice.pipeline, 120);
      const what =
        notice.outcome === 'recovered'
          ? `${sayIncidentState('recovered')}: ${whose} is back after ${sayDuration(notice.tookMs)}`
          : `${sayIncidentState('skipped')}: ${whose} was skipped, so this run will not come`;
      const why = 'You asked me to tell you; this was the one time.';
      return say(
        `${what}, ${sayDate(notice.at, story.timeZone)}. ${why}`,
        `${what}, ${date(notice.at, story.timeZone)}${linkLine(notice.url, 'Run')}\n${why}`,
      );
    }
    case 'owners-told': {
      const waiting = listOf(
        notice.waiting.map((each) => words(each, 80)),
        notice.count,
      );
      // When it was said, the message itself shows.
      const trouble = (day: (at: Date, zone: string) => string) =>
        notice.since
          ? `has been in trouble since ${day(notice.since, story.timeZone)}`
          : 'may be late; no open failure is known of it';
      const cause = notice.cause ? `: ${words(notice.cause, 200)}` : '';
      return say(
        `${words(notice.name, 120)} ${trouble(sayDate)}${cause}. Waiting for it here: ${waiting}. ${person(notice.by)} thought you should know`,
        `*${words(notice.name, 120)}* ${trouble(date)}${notice.cause ? `\n${code(notice.cause, 400)}` : ''}` +
          `\nWaiting for it here: ${waiting}. ${person(notice.by)} thought you should know.${linkLine(notice.url, 'Its alert')}`,
      );
    }
    case 'reopened':
      return say(
        `${sayIncidentState('failed')} again after it had recovered: ${words(notice.pipeline, 120)}${notice.error ? `: ${words(notice.error, 200)}` : ''}`,
        `${sayIncidentState('failed')} again after it had recovered: *${words(notice.pipeline, 120)}*${notice.error ? `\n${code(notice.error, 400)}` : ''}`,
      );
    case 'flapping':
      return say(
        `${sayIncidentState('flapping')}: ${words(notice.pipeline, 120)} failed ${notice.times} times in ${sayDuration(notice.at.getTime() - notice.since.getTime())}. From here on single failures and recoveries are not told; the alert shows how it stands`,
      );
    case 'calmed': {
      const flapped = `after ${notice.times} times since ${sayDate(notice.since, story.timeZone)}`;
      const shown = `after ${notice.times} times since ${date(notice.since, story.timeZone)}`;
      const how = notice.isUp
        ? `${sayIncidentState('recovered')} and calm`
        : `${sayIncidentState('failed')} and no longer flapping`;
      return say(
        `${how}: ${words(notice.pipeline, 120)} ${flapped}. What happens next is told as always`,
        `${how}: ${words(notice.pipeline, 120)} ${shown}. What happens next is told as always.`,
      );
    }
    case 'reminder': {
      const call = notice.mention ? `${mention(notice.mention)} ` : '';
      const last = notice.count >= notice.of ? ' This is the last reminder.' : '';
      return say(
        `${call}${name} ${notice.late ? 'is still late' : 'still fails'} and nobody has acknowledged it. Reminder ${notice.count} of ${notice.of}.${last}`,
      );
    }
    case 'request':
      return renderRequestReply(notice, story);
    // With what the person had said, which src/outbox/render.ts reads.
    case 'you-asked':
      return renderYouAskedMessage({ words: [], say: notice.say, url: notice.url });
    case 'pulse':
      return renderPulse(notice.quarter);
    case 'asked-often':
      return renderAskedOften(notice, story.nameOf);
    case 'triage-day':
      return renderTriageDay(notice, story);
    case 'caught-up':
      return say(
        sentences(['What happened before this message', ...notice.facts.map((fact) => words(fact, 200))]),
        ['*What happened before this message*', ...notice.facts.map((fact) => `• ${words(fact, 200)}`)].join('\n'),
      );
    case 'storm-grew':
      return say('The storm has grown');
    // From the week as it was printed, which src/outbox/render.ts reads.
    case 'digest':
      return say(`Weekly digest of ${notice.week}`);
    case 'digest-chart':
      return renderChart(notice);
    case 'storm-listed':
      return renderStormFile(notice);
  }
}

/** @param shown the same in Slack's markup, when it says more than the sentence */
function say(sentence: string, shown?: string): Message {
  const text = cut(sentences([sentence]), limits.message.textAdvised);
  return { text, blocks: [section(shown ?? text)] };
}

function withBlocks(message: Message, more: KnownBlock[]): Message {
  return { ...message, blocks: [...message.blocks, ...more] };
}

/** Whether the cause was right is asked where somebody has looked, not on the alert. */
function askCause({ incidentId, cause }: StoryContext): KnownBlock[] {
  return incidentId && cause ? causeThumbs(incidentId, cause) : [];
}

function linkLine(url: string | undefined, label: string): string {
  const linked = link(url, label);
  return linked.startsWith('<') ? ` · ${linked}` : '';
}

const outcomes: Partial<Record<ActionState, string>> = {
  succeeded: 'is done',
  failed: 'did not work',
  refused: 'was refused',
  unsure: 'may or may not have taken effect. Please look at the run before anyone tries again',
  cancelled: 'was cancelled',
  'awaiting-approval': 'waits for approval',
  expired: 'was not confirmed in time, so nothing was done',
};

function settled(notice: Extract<Notice, { kind: 'action-settled' }>, by: string): Message {
  const outcome = outcomes[notice.outcome] ?? 'is under way';
  const why = notice.say ? `: ${words(notice.say, 400)}` : '';
  const sentence = `${actionNouns[notice.action]} asked by ${by} ${outcome}${why}`;
  return say(sentence, `${sentence}${linkLine(notice.url, 'Run')}`);
}

/** "Maintenance “year end” is over. 3 alerts came and went meanwhile: orders_daily, crm_sync and 4 more" */
function maintenanceEnded({ name, alerts, pipelines, count }: Extract<Notice, { kind: 'maintenance-ended' }>): Message {
  const names = pipelines.map((each) => words(each, 120)).join(', ');
  const more = count > pipelines.length ? ` and ${count - pipelines.length} more` : '';
  const which = names === '' ? '' : `: ${names}${more}`;
  return say(
    sentences([
      `🔔 Maintenance “${words(name, 120)}” is over`,
      `${alerts === 1 ? 'One alert' : `${alerts} alerts`} came and went meanwhile${which}`,
    ]),
  );
}

/** "The mute of orders_daily by @dana is over. Meanwhile it failed 3 times and is over it, last on …" */
function muteEnded(notice: Extract<Notice, { kind: 'mute-ended' }>, story: StoryContext): Message {
  const { pipeline, mutedBy, by, alerts, failures, hid, lastAt } = notice;
  const ended = by === undefined ? 'The time is over' : `Ended by ${whoQuietly(by, story.nameOf)}`;
  const times = (count: number) => (count === 1 ? 'once' : `${count} times`);
  const parts = (day: (at: Date) => string) => [
    `🔔 ${words(pipeline, 120)} is no longer muted here; ${whoQuietly(mutedBy, story.nameOf)} had muted it`,
    ended,
    alerts > 0
      ? `Meanwhile it failed ${times(failures)} and is over that again${lastAt ? `; the last time was ${day(lastAt)}` : ''}`
      : undefined,
    hid > 0
      ? `${hid} ${hid === 1 ? 'event was' : 'events were'} not told in threads that it shares with others`
      : undefined,
  ];
  return say(sentences(parts((at) => sayDate(at, story.timeZone))), sentences(parts((at) => date(at, story.timeZone))));
}

function sayConsent(notice: Extract<Notice, { kind: 'consent' }>, story: StoryContext): string {
  const by = notice.by ? ` by ${who(notice.by, story.nameOf)}` : '';
  const what = `${actionNouns[notice.action]} of ${words(notice.what, 200)}`;
  const why = notice.say ? `: ${words(notice.say, 400)}` : '';
  switch (notice.outcome) {
    case 'asked':
      return `${what}, asked${by}, waits for a second person${why}${notice.calls ? ` ${mention(notice.calls)}` : ''}`;
    case 'approved':
      return `${what} was approved${by}${why}`;
    case 'declined':
      return `${what} was declined${by}, so nothing was done${why}`;
    case 'withdrawn':
      return `${what} was withdrawn${by}${why}`;
    case 'expired':
      return `${what}: nobody said yes in time, so nothing was done. Please ask again if it is still wanted`;
    case 'broken':
      return `The glass was broken${by} for ${what}, without the yes that the policy asks for${why}`;
  }
}

/** "Backfill of 31 partitions of orders_daily" */
function manyOf({ action, of }: { action: ActionKind; of?: string | undefined }): string {
  return `${actionNouns[action]} of ${of === undefined ? 'many' : words(of, 200)}`;
}

function bulkEnded(notice: Extract<Notice, { kind: 'bulk-ended' }>, by: string): Message {
  const outcome =
    notice.outcome === 'succeeded' ? 'is done' : notice.outcome === 'failed' ? 'is over' : 'was cancelled';
  const counts = [
    `${notice.succeeded} of ${notice.total} succeeded`,
    ...(notice.failed > 0 ? [`${notice.failed} failed`] : []),
    ...(notice.left > 0 ? [`${notice.left} left out`] : []),
  ].join(', ');
  const sentence = `${manyOf(notice)} asked by ${by} ${outcome} after ${sayDuration(notice.tookMs)}: ${counts}`;
  const reasons = notice.reasons.map(
    ({ say: why, count, names }) =>
      `• ${count} × ${words(why.replace(/[.\s]+$/, ''), 200)}: ${listOf(
        names.map((each) => words(each, 80)),
        count,
      )}`,
  );
  return say(sentence, [sentence, ...reasons].join('\n'));
}

function howItRecovered(notice: Extract<Notice, { kind: 'recovered' }>, story: StoryContext): string {
  if (notice.how === 'by-itself') return 'by itself';
  if (notice.how === 'elsewhere') return 'mended outside of this thread';
  if (!notice.by) return 'by a retry';
  const by = whoQuietly(notice.by, story.nameOf);
  if (notice.action) return `after a ${actionNouns[notice.action].toLowerCase()} by ${by}`;
  return notice.auto ? `I retried it by myself, allowed by ${by}` : `retried by ${by}`;
}

/** Everybody who is hit, what still fails first; those that found no room are counted, and are in the file. */
function memberList(notice: Extract<Notice, { kind: 'members' }>, story: StoryContext): Message {
  const { members, count, by, url } = notice;
  const asked = `asked for by ${whoQuietly(by, story.nameOf)}`;
  const parts = [
    { mark: '🔴', word: 'still failing', of: members.filter(({ isOver }) => !isOver) },
    { mark: '🟢', word: 'over it', of: members.filter(({ isOver }) => isOver) },
  ].filter(({ of }) => of.length > 0);
  const names: string[] = [];
  let size = 0;
  const pages = parts.flatMap(({ mark, word, of }) => {
    const fit = of
      .map(({ pipeline, partition }) => words(nameOfMember(pipeline, partition), 80))
      .filter((name) => {
        size += name.length + 2;
        return size <= membersMax;
      });
    names.push(...fit);
    return fit.length > 0 ? listed(`${mark} ${fit.length} ${word}: `, fit) : [];
  });
  const more = count - names.length;
  const linked = link(url, 'one file');
  const isFiled = linked.startsWith('<');
  const unfiled = `and ${more} more: Slack took no file with all of them just now, so ask again in a moment`;
  const headline = `${count} ${count === 1 ? 'pipeline' : 'pipelines'} of this alert, ${asked}`;
  return {
    text: cut(
      sentences([
        headline,
        cut(names.join(', '), 3_000),
        more > 0 ? (isFiled ? `and ${more} more: all are in one file, ${url}` : unfiled) : undefined,
      ]),
      limits.message.textAdvised,
    ),
    blocks: [
      section(headline),
      ...pages.map((page) => section(page)),
      ...(more > 0 ? [section(isFiled ? `and ${more} more: all are in ${linked}` : unfiled)] : []),
      ...retryAll(notice, story),
    ],
  };
}

/** Opens the plan for all that are failed when it is pressed. */
function retryAll({ retriable = 0 }: Extract<Notice, { kind: 'members' }>, story: StoryContext): KnownBlock[] {
  if (retriable < 2 || story.incidentId === undefined) return [];
  const label = `Retry all ${retriable.toLocaleString('en-US')}`;
  const about = `runs that failed as ${story.name} did`;
  const button = buttons.retryAll.element({ incidentId: story.incidentId }, { label, about });
  return button ? [actions([button])] : [];
}

const nameOfMember = (pipeline: string, partition: string): string =>
  partition === '' ? pipeline : `${pipeline} (${partition})`;

/** Names one after the other, in as few sections as hold them. */
function listed(lead: string, names: string[]): string[] {
  const pages: string[] = [];
  let page = lead;
  for (const [index, name] of names.entries()) {
    const next = index === names.length - 1 ? name : `${name}, `;
    if (page.length + next.length > limits.section.text) {
      pages.push(page);
      page = '';
    }
    page += next;
  }
  return [...pages, page];
}

function logTail(notice: Extract<Notice, { kind: 'log' }>): Message {
  const lines = preformattedLines(notice.text);
  const kept = tailWithin(lines, logShown);
  const first = notice.fromLine + lines.length - kept.length;
  const last = notice.fromLine + lines.length - 1;
  const of = `${words(notice.pipeline, 120)}${notice.step ? ` / ${words(notice.step, 80)}` : ''}`;
  const span = first === last ? `line ${last}` : `lines ${first}–${last}`;
  const rest = first > 1 ? 'earlier lines' : 'whole log';
  const linked = link(notice.url, rest);
  const where = linked.startsWith('<') ? `; ${linked}` : first > 1 ? '; earlier lines are not shown' : '';
  return {
    text: sentences([`Log of ${of}, ${span}`, lastWords(notice.text)]),
    blocks: [section(`Log of *${of}*, ${span}${where}`), section(fence(kept.join('\n')))],
  };
}

/** The last lines that fit; of a single line that does not, its beginning. */
function tailWithin(lines: string[], max: number): string[] {
  let size = 0;
  let first = lines.length;
  while (first > 0) {
    const next = (lines[first - 1] ?? '').length + 1;
    if (size + next > max) break;
    size += next;
    first -= 1;
  }
  return first === lines.length ? lines.slice(-1).map((line) => cut(line, max)) : lines.slice(first);
}

function lastWords(text: string): string | undefined {
  const last = text.trimEnd().split('\n').at(-1)?.trim();
  return last ? `It ends: ${words(last, 200)}` : undefined;
}
