import type { KnownBlock } from '@slack/types';
import { type ParkedAnswer, type ParkedCause, type ParkedList, type ParkedPost, parkedCauses } from '../domain/parked';
import { buttons } from './buttons';
import { actions, context, header, type Message, section, sentence, sentences } from './message';
import { code, cut, date, isUserId, mention, plain, sayDate, words } from './mrkdwn';

export interface ParkedContext {
  /** With its slash, as this workspace calls it. */
  command: string;
  timeZone: string;
}

/** What was set aside, why, since when, and what can be done about each. Never throws. */
export function renderParked(list: ParkedList, asker: ParkedContext): Message {
  const { command, timeZone } = asker;
  if (list.total === 0) return sentence('Nothing is set aside: every post has found its way to Slack.');
  const headline = `${many(list.total, 'post')} set aside`;
  const next = list.page < list.pages ? `${command} parked ${list.page + 1}` : undefined;
  const paging = list.pages > 1 ? `Page ${list.page} of ${list.pages}` : undefined;
  return {
    text: sentences([
      headline,
      ...list.causes.map(({ cause, count }) => `${many(count, 'post')}: ${sayCause(cause)}`),
      ...list.posts.map((post) => `${what(post)} in ${where(post)}, since ${sayDate(post.since, timeZone)}`),
      paging && `${paging}${next === undefined ? '' : `; ${plain(next)} shows the next`}`,
    ]).replaceAll('`', ''),
    blocks: [
      header(headline),
      ...list.causes.map((each) => causeBlock(each)),
      ...list.posts.flatMap((post) => postBlocks(post, timeZone)),
      context(
        [
          paging && `${paging}${next === undefined ? '' : `: ${code(next)} shows the next`}`,
          'Whatever is decided here stands in the audit trail',
        ]
          .filter(Boolean)
          .join('. '),
      ),
    ],
  };
}

function causeBlock({ cause, count }: ParkedList['causes'][number]): KnownBlock {
  const all = buttons.resendAlike.element(
    { cause },
    {
      about: `all ${count} of this reason`,
      label: count === 1 ? 'Send it again' : `Send all ${count} again`,
      confirm: {
        title: `Send ${many(count, 'post')} again?`,
        text: `${cause === 'doubtful' ? 'Those that are there already will stand there twice. ' : ''}Each waits for its turn in its channel.`,
        confirm: 'Send again',
        deny: 'Leave them',
      },
    },
  );
  const text = section(`*${many(count, 'post')}*: ${sayCause(cause)}`);
  return all ? { ...text, accessory: all } : text;
}

function postBlocks(post: ParkedPost, timeZone: string): KnownBlock[] {
  const waiting = post.replies > 0 ? `; ${many(post.replies, 'reply', 'replies')} wait for it` : '';
  const about = `${plain(what(post))} in ${plain(where(post))}`;
  const row = [
    buttons.resendParked.element({ id: post.id }, { about }),
    buttons.dropParked.element(
      { id: post.id },
      {
        about,
        style: 'danger',
        confirm: {
          title: 'Drop this post?',
          text: `Nobody will see it in Slack any more. What it is about stays as it is.`,
          confirm: 'Drop',
          deny: 'Keep it',
        },
      },
    ),
  ].filter((element) => element !== undefined);
  return [
    section(
      `*${what(post)}* in ${where(post)}, since ${date(post.since, timeZone)}${waiting}\n${code(post.reason, 200)}`,
    ),
    actions(row),
  ];
}

function sayCause(cause: ParkedCause): string {
  const { say, todo } = parkedCauses[cause];
  return `${say}. ${todo}.`;
}

function what({ role, pipeline }: ParkedPost): string {
  const name = pipeline === undefined ? 'a storm' : words(pipeline, 120);
  if (role === 'note') return 'Note';
  if (role === 'action') return `Progress of a change of ${name}`;
  if (role === 'request') return 'Request for help, where it was asked';
  if (role === 'triage' || role === 'moved') return 'Request for help, for the team';
  if (role === 'card') return 'Card of a storm';
  if (role === 'direct') return `Direct message about ${name}`;
  return role === 'reply' ? `News in the thread of ${name}` : `Alert of ${name}`;
}

function where({ channel }: ParkedPost): string {
  return isUserId(channel) ? mention(channel) : words(channel, 80);
}

/** What came of a press on the list. */
export function renderParkedAnswer(answer: ParkedAnswer, { command }: ParkedContext): Message {
  const left = `${code(`${command} parked`)} shows what is left.`;
  switch (answer.kind) {
    case 'resent':
      return sentence(`${many(answer.count, 'post')} will be sent again as soon as the channel has room. ${left}`);
    case 'dropped':
      return sentence(`${many(answer.count, 'post')} dropped. ${left}`);
    case 'not-parked':
      return sentence(`That is not set aside any more: somebody was faster. ${left}`);
  }
}

/** To those who may not look. @param whoMay as the policy words it */
export function renderParkedRefusal(whoMay: string): Message {
  return sentence(cut(`What was set aside is for ${whoMay}.`, 600));
}

function many(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}
