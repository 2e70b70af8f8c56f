import type { SubscriptionAnswer, SubscriptionList } from '../domain/subscription';
import { context, header, type Message, sectionsOf, sentence, sentences } from './message';
import { code, date, mention, plain, sayDate, words } from './mrkdwn';
import { listOf } from './wording';

export interface SubscriptionContext {
  /** With its slash, as this workspace calls it. */
  command: string;
  timeZone: string;
}

const linesShown = 20;

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
          ? `You follow ${words(listOf(answer.have, answer.have.length), 300)}`
          : 'You follow nothing at the moment',
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

/** What there is, and how to undo each. Never throws. */
export function renderSubscriptions(list: SubscriptionList, asker: SubscriptionContext): Message {
  const { command, timeZone } = asker;
  const undo = (rest: string) => code(`${command} ${rest}`, 260);
  const of = list.channel ?? [];
  const channelLines = of
    .slice(0, linesShown)
    .map(
      ({ wording, by, at, fits }) =>
        `${code(wording, 220)}: ${fits} ${fits === 1 ? 'pipeline' : 'pipelines'} now${by ? ` · by ${mention(by)}` : ''}, ${date(at, timeZone)} · undo: ${undo(`unsubscribe ${wording}`)}`,
    );
  const followLines = list.follows
    .slice(0, linesShown)
    .map(({ key, at }) => `${code(key, 220)} since ${date(at, timeZone)} · undo: ${undo(`unfollow ${key}`)}`);
  const mutes = list.mutes ?? [];
  const muteLines = mutes
    .slice(0, linesShown)
    .map(
      ({ key, by, until }) =>
        `${code(key, 220)} until ${date(until, timeZone)} · by ${mention(by)} · undo: ${undo(`unmute ${key}`)}`,
    );
  const none = `Nothing. ${undo('subscribe orders_*')} brings alerts of matching pipelines here.`;
  const noFollow = `Nothing. ${undo('follow name')} tells you, once, when a pipeline is back.`;
  const more = (total: number) => (total > linesShown ? [`and ${total - linesShown} more`] : []);
  const part = (title: string, lines: string[], total: number, otherwise: string) => {
    return sectionsOf([`*${title}*`, ...(total > 0 ? [...lines, ...more(total)] : [otherwise])]);
  };
  const said = sentences([
    list.channel &&
      (of.length > 0
        ? `This channel has subscribed to ${listOf(
            of.slice(0, 5).map(({ wording }) => code(wording, 220)),
            of.length,
          )}`
        : 'This channel has subscribed to nothing'),
    mutes.length > 0
      ? `Muted here: ${listOf(
          mutes.slice(0, 5).map(({ key, until }) => `${code(key, 120)} until ${sayDate(until, timeZone)}`),
          mutes.length,
        )}`
      : undefined,
    list.follows.length > 0
      ? `You follow ${listOf(
          list.follows.slice(0, 5).map(({ key }) => code(key, 120)),
          list.follows.length,
        )}`
      : 'You follow nothing',
    `${plain(command)} unsubscribe or ${plain(command)} unfollow undoes it`,
  ]);
  return {
    // Read aloud without the marks of code.
    text: said.replaceAll('`', ''),
    blocks: [
      header('Subscriptions'),
      ...(list.channel ? part('This channel', channelLines, of.length, none) : []),
      ...(mutes.length > 0 ? part('Muted in this channel', muteLines, mutes.length, '') : []),
      ...part('You follow', followLines, list.follows.length, noFollow),
      context('What is routed to this channel by pitcrew.yaml comes here without a subscription.'),
    ],
  };
}
