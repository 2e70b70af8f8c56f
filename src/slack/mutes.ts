import type { MuteAnswer } from '../domain/mute';
import { type Message, sentence, sentences } from './message';
import { code, mention, sayDate, words } from './mrkdwn';
import type { SubscriptionContext } from './subscriptions';
import { listOf } from './wording';

/** What came of a wish to mute, with how to undo it. Never throws. */
export function renderMute(answer: MuteAnswer, asker: SubscriptionContext): Message {
  return sentence(sayMute(answer, asker));
}

function sayMute(answer: MuteAnswer, { command, timeZone }: SubscriptionContext): string {
  const typed = (rest: string) => code(`${command} ${rest}`, 260);
  switch (answer.kind) {
    case 'muted': {
      const { name, key, until, alerts, before } = answer;
      const open =
        alerts === 0
          ? 'It has no open alert here'
          : `${alerts === 1 ? 'Its open alert here falls' : `Its ${alerts} open alerts here fall`} quiet as well`;
      return sentences([
        `${words(name, 120)} is muted for everybody in this channel until ${sayDate(until, timeZone)}${before ? ` (before: by ${mention(before.by)} until ${sayDate(before.until, timeZone)})` : ''}`,
        `${open}; new ones wait until then, and I will say what was hidden`,
        'Other channels hear of it as always',
        `To undo it: ${typed(`unmute ${key}`)}`,
      ]);
    }
    case 'unmuted':
      return sentences([
        `${words(answer.name, 120)} is no longer muted in this channel`,
        `To mute it again: ${typed(`mute ${answer.key} 2h`)}`,
      ]);
    case 'not-muted':
      return sentences([
        `${words(answer.asked, 120)} is not muted in this channel`,
        answer.have.length > 0
          ? `Muted here: ${words(listOf(answer.have, answer.have.length), 300)}`
          : 'Nothing is muted here',
      ]);
    case 'unclear':
      return sayUnclear(answer, typed);
    case 'unknown-pipeline': {
      const { command: verb, asked, rest, didYouMean } = answer;
      const meant = didYouMean.map((name) => typed(`${verb} ${name}${rest === '' ? '' : ` ${rest}`}`));
      return sentences([
        `I know no pipeline named ${code(asked, 120)}`,
        meant.length > 0 ? `Did you mean ${meant.join(' or ')}?` : undefined,
      ]);
    }
    case 'several': {
      const { command: verb, rest, names } = answer;
      const each = names.slice(0, 5).map((name) => typed(`${verb} ${name}${rest === '' ? '' : ` ${rest}`}`));
      return sentences([`More than one pipeline is called so. Please choose ${each.join(' or ')}`]);
    }
    case 'no-channel':
      return `A mute belongs to a channel: please type this there. In this conversation only what you follow is told; ${typed('subscriptions')} lists it.`;
  }
}

function sayUnclear(
  { command, flaw }: Extract<MuteAnswer, { kind: 'unclear' }>,
  typed: (rest: string) => string,
): string {
  const examples = `${typed('mute orders_daily 2h')}, ${typed('mute orders_daily until 18:00')} or ${typed('mute orders_daily tomorrow')}`;
  switch (flaw.flaw) {
    case 'no-name':
      return command === 'unmute'
        ? `Please say which pipeline, for example ${typed('unmute orders_daily')}. ${typed('subscriptions')} lists what is muted here.`
        : `Please say which pipeline, and if you like until when: ${examples}.`;
    case 'no-time':
      return `I cannot read ${code(flaw.word, 80)} as a time. For example ${examples}.`;
    case 'past':
      return `${code(flaw.word, 80)} is over already. For example ${examples}.`;
    case 'too-long':
      return `The longest mute is 7 days. For example ${examples}.`;
  }
}
