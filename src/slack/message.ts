import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  MrkdwnElement,
  Overflow,
  SectionBlock,
} from '@slack/types';
import { limits } from './limits';
import { cut, plain } from './mrkdwn';

/** What is sent to Slack. `text` alone is the full account: phones and screen readers have nothing else. */
export interface Message {
  text: string;
  blocks: KnownBlock[];
}

/** The safe form, for what Slack does not take as it is: its words alone. */
export function plainForm(message: Message): Message {
  return { text: cut(message.text, limits.textObject), blocks: [] };
}

/** `verbatim`: Slack makes no links or mentions out of plain text; only tokens that we wrote are alive. */
function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** A headline is plain text: nothing in it is ever read as markup. */
export function header(text: string): HeaderBlock {
  return { type: 'header', text: { type: 'plain_text', text: cut(plain(text), limits.header), emoji: true } };
}

export function section(text: string): SectionBlock {
  return { type: 'section', text: mrkdwn(cut(text, limits.section.text)) };
}

/** As few sections as hold the lines whole. */
export function sectionsOf(lines: string[], between = '\n'): SectionBlock[] {
  const pages: string[] = [];
  for (const line of lines) {
    const last = pages.at(-1);
    if (last !== undefined && last.length + between.length + line.length <= limits.section.text)
      pages[pages.length - 1] = `${last}${between}${line}`;
    else pages.push(line);
  }
  return pages.map(section);
}

/** As many of the names as `room` characters hold, one after the other; what is left out is counted. */
export function namesWithin(names: string[], room: number): string[] {
  const shown: string[] = [];
  let used = 0;
  for (const name of names) {
    used += name.length + ', '.length;
    if (used > room) break;
    shown.push(name);
  }
  const more = names.length - shown.length;
  const last = shown.pop();
  return last === undefined ? shown : [...shown, more > 0 ? `${last} and ${more.toLocaleString('en-US')} more` : last];
}

export function fields(texts: string[]): SectionBlock {
  const shown = texts.slice(0, limits.section.fields);
  return { type: 'section', fields: shown.map((text) => mrkdwn(cut(text, limits.section.fieldText))) };
}

export function context(text: string): ContextBlock {
  return { type: 'context', elements: [mrkdwn(cut(text, limits.textObject))] };
}

export function actions(elements: (Button | Overflow)[]): ActionsBlock {
  return { type: 'actions', elements };
}

/** Sentences in a row, each with its full stop. */
export function sentences(parts: (string | undefined)[]): string {
  return parts
    .filter((part): part is string => part !== undefined && part !== '')
    .map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`))
    .join(' ');
}

/** A sentence with code in it: shown with its marks, read aloud without. */
export function sentence(marked: string): Message {
  return { text: marked.replaceAll('`', ''), blocks: [section(marked)] };
}

/** All text objects of a message's blocks, as sent: what Slack's total and our own targets are measured on. */
export function textsOf(blocks: readonly object[]): string[] {
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (value !== null && typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'text' && typeof inner === 'string') found.push(inner);
        else walk(inner);
      }
    }
  };
  walk(blocks);
  return found;
}

export function sizeOf(blocks: KnownBlock[]): number {
  return textsOf(blocks).reduce((sum, text) => sum + text.length, 0);
}
