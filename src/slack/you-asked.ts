import type { KnownBlock } from '@slack/types';
import { buttons } from './buttons';
import { rowOf } from './feedback';
import { limits } from './limits';
import { context, type Message, section, sentences } from './message';
import { cut, link, words, wordsOfLines } from './mrkdwn';

export interface YouAsked {
  /** What the person had said; what was erased meanwhile is left out. */
  words: readonly string[];
  /** What was done. */
  say: string;
  url?: string | undefined;
}

/** To somebody who asked for what is done now. Never throws. */
export function renderYouAsked({ words: asked, say, url }: YouAsked): Message {
  const linked = link(url, 'Read more');
  const more = linked.startsWith('<') ? ` ${linked}` : '';
  const own = asked.slice(0, 3).map((each) => `> ${words(each, 200)}`);
  return {
    text: cut(sentences(['You asked, we did', words(say, 900), url]), limits.message.textAdvised),
    blocks: [section([`🎉 *You asked, we did:* ${wordsOfLines(say, 900)}${more}`, ...own].join('\n'))],
  };
}

/** The same with the way not to get another. */
export function renderYouAskedMessage(asked: YouAsked): Message {
  const message = renderYouAsked(asked);
  return { ...message, blocks: [...message.blocks, ...unwantedRow()] };
}

function unwantedRow(): KnownBlock[] {
  return [
    ...rowOf([buttons.unwanted.element({ what: 'news' }, { about: 'what was done about feedback' })]),
    context('You get this once, because you asked for it.'),
  ];
}
