import type { Stretch } from './keep-log';
import { withoutEscapes } from './log-line';

/** A line of the log as text, without colour codes; a line that carriage returns wrote over and over gives its last states. */
export interface NumberedText {
  no: number;
  text: string;
}

/** A longer line is read at its head and its tail, in characters. */
const LINE_HEAD = 48_000;
const LINE_TAIL = 16_000;
/** A longer run of blanks says no more, and patterns that skip blanks would go over it again and again. */
const BLANKS_MAX = 300;
const BLANKS = /[ \t\u00a0]{301,}/g;
/** Of the states of a progress bar, the last are what a person saw. */
const STATES_MAX = 3;
/** Of a text with more lines than this, a quarter of them from its start and the rest from its end are read. */
const LINES_MAX = 40_000;
const NEWLINE = 10;

export function textsOf(stretches: readonly Stretch[]): NumberedText[] {
  return stretches.flatMap(({ fromLineNo, bytes }) => numbered(decoded(bytes), fromLineNo));
}

export function numbered(text: string, fromLineNo: number): NumberedText[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '' && lines.length > 1) lines.pop();
  const left = Math.max(0, lines.length - LINES_MAX);
  const leftFrom = Math.floor(LINES_MAX / 4);
  const texts: NumberedText[] = [];
  lines.forEach((line, at) => {
    if (at >= leftFrom && at < leftFrom + left) return;
    for (const state of statesOf(line)) texts.push({ no: fromLineNo + at, text: state });
  });
  return texts;
}

function statesOf(line: string): string[] {
  const short = line.length > LINE_HEAD + LINE_TAIL ? `${line.slice(0, LINE_HEAD)} … ${line.slice(-LINE_TAIL)}` : line;
  const clipped = short.length > BLANKS_MAX ? short.replace(BLANKS, (blanks) => blanks.slice(0, BLANKS_MAX)) : short;
  if (!clipped.includes('\r')) return [withoutEscapes(clipped)];
  const states = clipped.split('\r').filter((state) => state.trim() !== '');
  if (states.length === 0) return [''];
  return states.slice(-STATES_MAX).map(withoutEscapes);
}

/** UTF-8; a line that is none is read as Windows-1252, which has a letter for every byte. */
function decoded(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  const western = new TextDecoder('windows-1252');
  const lines: string[] = [];
  let from = 0;
  while (from <= bytes.length) {
    const newline = bytes.indexOf(NEWLINE, from);
    const to = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(from, to);
    const asUtf8 = line.toString('utf8');
    lines.push(asUtf8.includes('\ufffd') ? western.decode(line) : asUtf8);
    from = to + 1;
  }
  return lines.join('\n');
}

/**
 * Turns what comes into UTF-8 bytes: a byte order mark is dropped, UTF-16 (by its mark, or by every second byte being zero) is
 * converted as it streams.
 */
export function createUtf8(): (chunk: Buffer | string) => Buffer {
  let convert: ((chunk: Buffer) => Buffer) | undefined;
  return (chunk) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
    if (convert === undefined && bytes.length > 0) {
      const encoding = encodingOf(bytes);
      if (encoding === 'utf8') convert = (next) => next;
      else {
        const decoder = new TextDecoder(encoding);
        convert = (next) => Buffer.from(decoder.decode(next, { stream: true }), 'utf8');
      }
      const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
      return convert(marked ? bytes.subarray(3) : bytes);
    }
    return convert === undefined ? bytes : convert(bytes);
  };
}

function encodingOf(bytes: Buffer): 'utf8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes.length < 4) return 'utf8';
  const start = bytes.subarray(0, 200);
  const odd = start.filter((byte, at) => at % 2 === 1 && byte === 0).length;
  const even = start.filter((byte, at) => at % 2 === 0 && byte === 0).length;
  const half = start.length / 2;
  if (odd > half * 0.7 && even < half * 0.1) return 'utf-16le';
  if (even > half * 0.7 && odd < half * 0.1) return 'utf-16be';
  return 'utf8';
}
