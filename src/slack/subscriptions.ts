import type { SubscriptionAnswer, SubscriptionList } from '../domain/subscription';
import { limits } from './limits';
import { context, header, type Message, sectionsOf, sentence, sentences } from './message';
import { code, date, mention, plain, sayDate, words } from './mrkdwn';
import { listOf } from './wording';

export interface SubscriptionContext {
  /** With its slash, as this workspace calls it. */
  command: string;
  timeZone: string;
}

const rowsAPage = 20;
/** Of the lines: headings and line ends come on top. */
const charactersAPage = limits.message.blocksTotal - 2_000;
/** A command that undoes something must be whole. */
const longestTyped = 400;

/** What came of a wish to subscribe or to follow, with how to undo it. Never throws. */
export function renderSubscription(answer: SubscriptionAnswer, asker: SubscriptionContext): Message {
  return sentence(sayAnswer(answer, asker));
}

function sayAnswer(answer: SubscriptionAnswer, { command, timeZone }: SubscriptionContext): string {
  const typed = (rest: string) => code(`${command} ${rest}`, 260);
  switch (answer.kind) {
    case 'subscribed': {
      const { wording, already } = answer;
      const first = already
        ? `This channel has that subscription already${already.by ? `, by ${mention(already.by)}` : ''} since ${sayDate(already.at, timeZone)}`
        : `From now on alerts for ${code(wording, 220)} come to this channel as well`;
      return sentences([first, sayFits(answer), `To undo it: ${typed(`unsubscribe ${wording}`)}`]);
    }
    case 'unsubscribed':
      return sentences([
        `No new alerts for ${code(answer.wording, 220)} come here because of a subscription`,
        'Those that are here are kept up to date until they are over',
        `To have them back: ${typed(`subscribe ${answer.wording}`)}`,
      ]);
    case 'not-subscribed':
      return sentences([
        `This channel has no subscription ${code(answer.wording, 220)}`,
        answer.have.length > 0
          ? `It has ${listOf(
              answer.have.slice(0, 5).map((wording) => code(wording, 120)),
              answer.have.length,
            )}`
          : 'It has none at all',
        answer.have.length > 5 ? `${typed('subscriptions')} lists them all` : undefined,
      ]);
    case 'unclear':
      return sayUnclear(answer, typed);
    case 'unknown-pipeline': {
      const meant = answer.didYouMean.map((name) => typed(`${answer.command} ${name}`));
      return sentences([
        `I know no pipeline named ${code(answer.asked, 120)}`,
        meant.length > 0 ? `Did you mean ${meant.join(' or ')}?` : undefined,
        answer.command === 'subscribe'
          ? `A pattern such as ${code('orders_*')} also takes in pipelines that I have yet to meet`
          : undefined,
      ]);
    }
    case 'no-channel':
      return `Subscriptions belong to a channel: please type this there. Here ${typed('follow name')} tells you, once, when a pipeline is back.`;
    case 'not-invited':
      return `I cannot post here yet. Please type ${code('/invite @Pitcrew')} and then try again.`;
    case 'followed':
      return sentences([
        answer.already
          ? `You follow ${words(answer.name, 120)} already`
          : `I will send you one direct message when ${words(answer.name, 120)} is back; it is down since ${sayDate(answer.since, timeZone)}`,
        `To undo it: ${typed(`unfollow ${answer.key}`)}`,
      ]);
    case 'nothing-to-follow':
      return sentences([
        `${words(answer.name, 120)} has no open alert, so there is nothing to wait for`,
        `How it is: ${typed(`status ${answer.key}`)}`,
      ]);
    case 'several':
      return sentences([
        `More than one pipeline is called so. Please choose ${answer.names
          .slice(0, 5)
          .map((name) => typed(`follow ${name}`))
          .join(' or ')}`,
      ]);
    case 'unfollowed':
      return sentences([`You no longer follow ${words(listOf(answer.names, answer.names.length), 300)}`]);
    case 'not-followed':
      return sentences([
        `You do not follow ${code(answer.asked, 120)}`,
        answer.have.length > 0
          ? `You follow ${answer.have
              .slice(0, 5)
              .map((key) => words(key, 120))
              .join(', ')}${answer.have.length > 5 ? ` and ${answer.have.length - 5} more` : ''}`
          : 'You follow nothing at the moment',
        answer.have.length > 5 ? `${typed('subscriptions')} lists them all` : undefined,
      ]);
  }
}

function sayUnclear(
  { command, flaw }: Extract<SubscriptionAnswer, { kind: 'unclear' }>,
  typed: (rest: string) => string,
): string {
  if (flaw.flaw === 'unknown-filter') {
    return `I do not know the filter ${code(flaw.word, 120)}. I know ${code('tag:x')}, ${code('owner:x')} and ${code('tier:1')}.`;
  }
  if (flaw.flaw === 'bad-value') {
    return `I cannot read ${code(flaw.word, 120)}. For example: ${typed(`${command} orders_* tag:finance tier:1`)}.`;
  }
  const example = command === 'subscribe' || command === 'unsubscribe' ? 'orders_*' : 'orders_daily';
  const more = command === 'unsubscribe' ? ` ${typed('subscriptions')} lists what there is.` : '';
  return `Please say which pipeline, for example ${typed(`${command} ${example}`)}.${more}`;
}

/** "3 pipelines fit now: a, b, c. 1 of them comes here anyway and is not posted twice" */
function sayFits({ fits, names, routedHere }: Extract<SubscriptionAnswer, { kind: 'subscribed' }>): string {
  if (fits === 0) return 'No pipeline that I know fits so far';
  const shown = names.map((name) => words(name, 80));
  const anyway =
    routedHere === 0
      ? ''
      : fits === 1
        ? '. It comes here anyway, and is not posted twice'
        : `. Of these ${routedHere} ${routedHere === 1 ? 'comes' : 'come'} here anyway, and ${routedHere === 1 ? 'is' : 'are'} not posted twice`;
  return `${fits} ${fits === 1 ? 'pipeline fits' : 'pipelines fit'} now: ${listOf(shown, fits)}${anyway}`;
}

type Part = 'channel' | 'mutes' | 'follows';

interface Row {
  part: Part;
  /** What it is about, as read aloud. */
  said: string;
  line: string;
}

/**
 * What there is, and how to undo each: as much as a message holds, and how to see the next page. Never throws.
 *
 * @param page counted from 1; one past the end is the last
 */
export function renderSubscriptions(list: SubscriptionList, asker: SubscriptionContext, page = 1): Message {
  const { command } = asker;
  const pages = pagesOf(rowsOf(list, asker));
  const shown = Math.min(Math.max(1, page), pages.length);
  const rows = pages[shown - 1] ?? [];
  const typed = (rest: string) => code(`${command} ${rest}`, longestTyped);
  const of = (part: Part) => rows.filter((row) => row.part === part);
  const isFirst = shown === 1;
  const part = (name: Part, title: string, otherwise: string) => {
    const lines = of(name).map(({ line }) => line);
    const isNone = isFirst && (list[name] ?? []).length === 0 && otherwise !== '';
    return lines.length > 0 || isNone ? sectionsOf([`*${title}*`, ...(isNone ? [otherwise] : lines)]) : [];
  };
  const next = shown < pages.length ? `subscriptions ${shown + 1}` : undefined;
  const paging = pages.length > 1 ? `Page ${shown} of ${pages.length}` : undefined;
  const named = (name: Part, total: number) => {
    const said = of(name).map((row) => row.said);
    return said.length > 0 ? listOf(said, total) : undefined;
  };
  const subscribed = named('channel', list.channel?.length ?? 0);
  const muted = named('mutes', list.mutes?.length ?? 0);
  const followed = named('follows', list.follows.length);
  const said = sentences([
    subscribed
      ? `This channel has subscribed to ${subscribed}`
      : list.channel?.length === 0
        ? 'This channel has subscribed to nothing'
        : undefined,
    muted && `Muted here: ${muted}`,
    followed ? `You follow ${followed}` : list.follows.length === 0 ? 'You follow nothing' : undefined,
    paging && `${paging}${next ? `; ${plain(command)} ${next} shows the next` : ''}`,
    `${plain(command)} unsubscribe or ${plain(command)} unfollow undoes it`,
  ]);
  return {
    // Read aloud without the marks of code.
    text: said.replaceAll('`', ''),
    blocks: [
      header('Subscriptions'),
      ...part(
        'channel',
        'This channel',
        list.channel ? `Nothing. ${typed('subscribe orders_*')} brings alerts of matching pipelines here.` : '',
      ),
      ...part('mutes', 'Muted in this channel', ''),
      ...part('follows', 'You follow', `Nothing. ${typed('follow name')} tells you, once, when a pipeline is back.`),
      context(
        sentences([
          paging && `${paging}${next ? `: ${typed(next)} shows the next` : ''}`,
          'What is routed to this channel by pitcrew.yaml comes here without a subscription',
        ]),
      ),
    ],
  };
}

function rowsOf(list: SubscriptionList, { command, timeZone }: SubscriptionContext): Row[] {
  const undo = (rest: string) => `undo: ${code(`${command} ${rest}`, longestTyped)}`;
  const subscribed = (list.channel ?? []).map(({ wording, by, at, fits }): Row => {
    const who = by ? ` · by ${mention(by)}` : '';
    const counted = `${fits} ${fits === 1 ? 'pipeline' : 'pipelines'} now`;
    return {
      part: 'channel',
      said: code(wording, 220),
      line: `${code(wording)}: ${counted}${who}, ${date(at, timeZone)} · ${undo(`unsubscribe ${wording}`)}`,
    };
  });
  const muted = (list.mutes ?? []).map(
    ({ key, by, until }): Row => ({
      part: 'mutes',
      said: `${code(key, 120)} until ${sayDate(until, timeZone)}`,
      line: `${code(key)} until ${date(until, timeZone)} · by ${mention(by)} · ${undo(`unmute ${key}`)}`,
    }),
  );
  const followed = list.follows.map(
    ({ key, at }): Row => ({
      part: 'follows',
      said: code(key, 120),
      line: `${code(key)} since ${date(at, timeZone)} · ${undo(`unfollow ${key}`)}`,
    }),
  );
  return [...subscribed, ...muted, ...followed];
}

/** At least one page; none holds more than can be looked through, or than Slack takes. */
function pagesOf(rows: Row[]): Row[][] {
  const pages: Row[][] = [[]];
  let room = charactersAPage;
  for (const row of rows) {
    const last = pages.at(-1) ?? [];
    if (last.length > 0 && (last.length >= rowsAPage || row.line.length > room)) {
      pages.push([row]);
      room = charactersAPage - row.line.length;
    } else {
      last.push(row);
      room -= row.line.length;
    }
  }
  return pages;
}
