import { code } from './mrkdwn';

/** Why it is not clear which pipeline somebody meant. */
export type Unclear =
  | { kind: 'none'; asked: string; didYouMean: string[] }
  | { kind: 'several'; asked: string; names: string[] };

/** The same in words, with what to type instead. */
export function sayUnclear(answer: Unclear, command: string, subcommand: string): string {
  const each = (names: readonly string[]) =>
    names.slice(0, 5).map((name) => code(`${command} ${subcommand} ${name}`, 160));
  if (answer.kind === 'several')
    return `${code(answer.asked, 120)} is known to several orchestrators. Which one: ${each(answer.names).join(', ')}?`;
  const asked = answer.asked === '' ? 'Which pipeline?' : `I know no pipeline named ${code(answer.asked, 120)}.`;
  const hint =
    answer.didYouMean.length > 0
      ? `Did you mean ${each(answer.didYouMean).join(' or ')}?`
      : `${code(`${command} status`)} lists those of this channel.`;
  return `${asked} ${hint}`;
}
