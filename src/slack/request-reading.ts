import type { ModalView } from '@slack/types';
import { modal } from './form';
import { context, section } from './message';
import { date, words, wordsOfLines } from './mrkdwn';
import type { RequestLine } from './request-list';

export const readTitle = 'Asked in private';

/** Of more than this the newest are shown. */
const shownAtOnce = 60;

/** One thing that somebody wrote. */
export interface WrittenLine {
  kind: 'said' | 'note' | 'summary';
  at: Date;
  name?: string;
  words: string;
}

const sayKind = { said: '', note: ' · note of the team', summary: ' · for whoever has it next' } as const;

/** A request whose words stand in no channel, from its question to its solution, for who answers it. */
export function renderReading(
  request: RequestLine,
  written: readonly WrittenLine[],
  { timeZone }: { timeZone: string },
): ModalView {
  const byline = (name: string | undefined, at: Date) =>
    `*${words(`@${name ?? 'someone who left'}`, 60)}* · ${date(at, timeZone)}`;
  const earlier = written.length - shownAtOnce;
  return modal({
    title: readTitle,
    blocks: [
      section(
        `${byline(request.requesterName, request.askedAt)} · #${request.number}\n${wordsOfLines(request.question, 2_500)}`,
      ),
      ...(earlier > 0 ? [context(`… ${earlier} more in between`)] : []),
      ...written
        .slice(-shownAtOnce)
        .map((each) =>
          section(`${byline(each.name, each.at)}${sayKind[each.kind]}\n${wordsOfLines(each.words, 2_500)}`),
        ),
      ...(request.resolution ? [section(`*Solution:* ${words(request.resolution, 2_500)}`)] : []),
      context('Only you see this. *Write back…* on the card reaches who asked.'),
    ],
  });
}
