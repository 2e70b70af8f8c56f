import { shareWord, subcommands, type Typed } from './commands';
import { context, header, type Message, sectionsOf, sentence, sentences } from './message';
import { code, plain, words } from './mrkdwn';
import { supportWords } from './support-command';

/** What can be typed, with examples. @param command with its slash, as this workspace calls it */
export function renderHelp(command: string): Message {
  const lines = subcommands.map(({ usage, does, examples }) => {
    const shown = examples.map((example) => code(`${command} ${example}`)).join(', ');
    return `*${code(`${command} ${usage}`)}*: ${does}\nFor example ${shown}`;
  });
  return {
    text: sentences([
      `What ${plain(command)} can do`,
      ...subcommands.map(({ usage, does }) => `${plain(command)} ${words(usage)}: ${does}`),
    ]),
    blocks: [
      header(`What ${command} can do`),
      ...sectionsOf(lines, '\n\n'),
      context(`Only you see the answers. Add ${code(shareWord)} at the end to show one to the channel.`),
    ],
  };
}

/** @param command `/support` */
export function renderSupportHelp(command: string): Message {
  const ways = [
    `${code(`${command} my table is late`)}: asks; a form opens, in which you can add to it`,
    ...supportWords.map(({ usage, does }) => `${code(`${command} ${usage}`)}: ${does}`),
  ];
  const others =
    'You can also mention me, use *Ask for help* in the menu of any message, or write to me directly. It goes on in the thread; whoever answers sees the run with it.';
  return {
    text: sentences([
      `What ${plain(command)} can do`,
      ...ways.map((way) => way.replaceAll('`', '')),
      others.replaceAll('*', ''),
    ]),
    blocks: [header(`What ${command} can do`), ...sectionsOf(ways), context(others)],
  };
}

/** For a word by itself that is nearly one of `/support`: what may have been meant, and how to ask all the same. */
export function renderNearly(command: string, { word, nearest }: { word: string; nearest: string }): Message {
  return sentence(
    `Did you mean ${code(`${command} ${nearest}`)}? To ask for help, write it in a few words: ${code(`${command} ask ${word}`, 80)} opens the form. ${code(`${command} help`)} lists all.`,
  );
}

/** For a word that is no sub-command: what may have been meant. */
export function renderUnknown(command: string, typed: Extract<Typed, { name: 'unknown' }>): Message {
  const whole = [typed.word, typed.rest].filter((part) => part !== '').join(' ');
  const meant = typed.nearest ? [typed.nearest, typed.rest].filter((part) => part !== '').join(' ') : `status ${whole}`;
  const hint = typed.nearest ? '' : ', if that is a pipeline';
  const said = `I do not know ${code(typed.word, 80)}. Did you mean ${code(`${command} ${meant}`, 160)}${hint}? ${code(`${command} help`)} lists all.`;
  return sentence(said);
}
