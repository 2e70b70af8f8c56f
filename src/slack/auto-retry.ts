import { type AutoRetry, autoRetriesADay } from '../domain/auto-retry';
import type { Notice } from '../domain/notice';
import { buttons } from './buttons';
import { actions, context, header, type Message, section, sentence, sentences } from './message';
import { code, cut, date, sayDate, words } from './mrkdwn';
import { type NameOf, who, whoQuietly } from './people';

/** A day at most, so that it cannot hide a trouble that grows. */
const bounds = `at most ${autoRetriesADay} times in 24 hours, once for each run, until one does not help`;

export interface AutoRetryContext {
  nameOf?: NameOf;
  /** Of the thread. */
  incidentId?: string;
}

/** What is told in the thread about a retry that could go, goes, or goes no more by itself. Never throws. */
export function renderAutoRetry(
  notice: Extract<Notice, { kind: 'auto-retry' }>,
  { nameOf, incidentId }: AutoRetryContext,
): Message {
  const { what, id, fixed, tried } = notice;
  const pipeline = words(notice.pipeline, 120);
  const cause = words(notice.cause, 80);
  const by = notice.by ? who(notice.by, nameOf) : 'somebody';
  const said: Record<typeof what, string[]> = {
    suggested: [
      `Retry alone fixed “${cause}” of ${pipeline} ${fixed} of the last ${tried} times`,
      `Shall I do that by myself from now on? ${bounds[0]?.toUpperCase()}${bounds.slice(1)}`,
    ],
    allowed: [`From now on I retry ${pipeline} by myself when it fails of “${cause}”, allowed by ${by}: ${bounds}`],
    stopped: [`${by} stopped my retries of ${pipeline} for “${cause}”. Retry is a button again`],
    'did-not-help': [
      `My retry of ${pipeline}, allowed by ${by}, did not help this time, so I do it by myself no more${notice.say ? `: ${words(notice.say, 300)}` : ''}`,
      'Please have a look',
    ],
    'not-allowed': [
      `I do not retry ${pipeline} by myself any more: ${by}, who allowed it, may not do that now${notice.say ? `: ${words(notice.say.replaceAll('*', ''), 300)}` : ''}`,
    ],
  };
  const text = sentences(said[what]);
  const value = incidentId === undefined ? { id } : { id, incidentId };
  const about = `retry of ${notice.pipeline}`;
  const allow = buttons.allowAutoRetry.element(value, {
    about,
    label: what === 'suggested' ? 'Let Pitcrew do it' : 'Allow it again',
    confirm: {
      title: 'Retry by itself?',
      text: cut(`${notice.pipeline}, when it fails of “${notice.cause}”: ${bounds}. It is done in your name.`, 300),
      confirm: 'Allow',
      deny: 'Not now',
    },
  });
  const row = what === 'allowed' ? buttons.stopAutoRetry.element(value, { about }) : allow;
  return { text, blocks: [section(text), ...(row ? [actions([row])] : [])] };
}

/** That a retry was asked for by nobody's press. */
export function renderAutoAsked(
  notice: Extract<Notice, { kind: 'action-asked' }> & { auto: string },
  { nameOf, incidentId }: AutoRetryContext,
): Message {
  const text = sentences([`I retry ${words(notice.what, 200)} by myself, allowed by ${whoQuietly(notice.by, nameOf)}`]);
  const value = incidentId === undefined ? { id: notice.auto } : { id: notice.auto, incidentId };
  const stop = buttons.stopAutoRetry.element(value, { about: `retry of ${notice.what}` });
  return { text, blocks: [section(text), ...(stop ? [actions([stop])] : [])] };
}

/** What Pitcrew retries by itself now, and how to end it. Never throws. */
export function renderAutoRetries(list: readonly AutoRetry[], asker: { timeZone: string; nameOf?: NameOf }): Message {
  const { timeZone, nameOf } = asker;
  if (list.length === 0)
    return sentence(
      'I retry nothing by myself. Where a retry alone has helped again and again, I ask in the thread whether I may.',
    );
  const headline = `${list.length} ${list.length === 1 ? 'failure' : 'failures'} that I retry by myself`;
  const line = (each: AutoRetry, since: string, name: string) =>
    `${name} for “${words(each.cause, 80)}”, allowed by ${whoQuietly(each.by, nameOf)} since ${since}: helped ${each.helped} of ${each.done} times, ${each.today} of ${autoRetriesADay} in the last 24 hours`;
  const shown = list.slice(0, 20);
  const more = list.length - shown.length;
  return {
    text: sentences([
      headline,
      ...shown.map((each) => line(each, sayDate(each.since, timeZone), words(each.pipeline, 120))),
    ]),
    blocks: [
      header(headline),
      ...shown.map((each) => {
        const stop = buttons.stopAutoRetry.element({ id: each.id }, { about: `retry of ${each.pipeline}` });
        const text = section(line(each, date(each.since, timeZone), code(each.pipeline, 120)));
        return stop ? { ...text, accessory: stop } : text;
      }),
      context(`${more > 0 ? `And ${more} more. ` : ''}Each goes ${bounds}. All of it stands in the audit trail.`),
    ],
  };
}
