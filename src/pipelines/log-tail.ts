import { StringDecoder } from 'node:string_decoder';
import type { Redactor } from '../lib/redact';

/** The end of a log, ready to be shown. */
export interface LogTail {
  /** Secrets removed, colour codes too. */
  lines: string[];
  /** Line number of the first of `lines`, counted from 1. */
  fromLine: number;
  totalLines: number;
}

const shownLines = 40;
const shownChars = 2_500;
const shownCharsOfLine = 600;
/** Kept before the shown ones, so that a secret over many lines (a private key) is seen whole when it is removed. */
const contextLines = 400;
/** Of one line this much is kept while reading; the rest is counted only. */
const keptCharsOfLine = 4_096;

interface Line {
  text: string;
  /** Characters that were not kept. */
  lost: number;
}

/**
 * Reads to the end in bounded memory (at most 440 lines of 4,096 characters, and one chunk) and gives back the last lines.
 *
 * @returns undefined when `signal` went off before the end came
 * @throws whatever the stream throws
 */
export async function readTail(
  stream: AsyncIterable<Buffer>,
  { redactor, signal }: { redactor: Redactor; signal: AbortSignal },
): Promise<LogTail | undefined> {
  const tail = createTail();
  const chunks = stream[Symbol.asyncIterator]();
  let stopWaiting = () => {};
  const onAbort = () => stopWaiting();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      const next = await new Promise<IteratorResult<Buffer> | undefined>((resolve, reject) => {
        stopWaiting = () => resolve(undefined);
        if (signal.aborted) resolve(undefined);
        else chunks.next().then(resolve, reject);
      });
      if (!next) {
        // A stream that hangs in next() also hangs in return(): told to stop, not waited for.
        void chunks.return?.().catch(() => undefined);
        return undefined;
      }
      if (next.done) return shown(tail.end(), redactor);
      tail.add(next.value);
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function createTail() {
  const decoder = new StringDecoder('utf8');
  const kept: Line[] = [];
  let total = 0;
  let open: Line = { text: '', lost: 0 };
  let hasOpen = false;

  function extend(piece: string): void {
    hasOpen = true;
    const room = keptCharsOfLine - open.text.length;
    open.text += piece.slice(0, room);
    open.lost += Math.max(0, piece.length - room);
  }

  function close(): void {
    total++;
    kept.push(open);
    if (kept.length > (shownLines + contextLines) * 2) kept.splice(0, kept.length - (shownLines + contextLines));
    open = { text: '', lost: 0 };
    hasOpen = false;
  }

  function take(text: string): void {
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      extend(text.slice(from, at));
      close();
      from = at + 1;
    }
    if (from < text.length) extend(text.slice(from));
  }

  return {
    add: (chunk: Buffer) => take(decoder.write(chunk)),
    end() {
      take(decoder.end());
      if (hasOpen) close();
      return { lines: kept.slice(-(shownLines + contextLines)), total };
    },
  };
}

function shown(read: { lines: Line[]; total: number }, redactor: Redactor): LogTail {
  const { total } = read;
  const lines = read.lines.map(withoutSeam);
  const clean = redactor.redact(lines.map(({ text }) => plain(text)).join('\n')).text.split('\n');
  const chosen: string[] = [];
  let room = shownChars;
  for (let index = lines.length - 1; index >= 0 && chosen.length < shownLines; index--) {
    const line = cut(clean[index] ?? '', lines[index]?.lost ?? 0);
    if (line.length + 1 > room && chosen.length > 0) break;
    room -= line.length + 1;
    chosen.unshift(line);
  }
  return { lines: chosen, fromLine: total - chosen.length + 1, totalLines: total };
}

/** Of a line that was cut while reading, the last word goes too: half a secret cannot be recognised. */
function withoutSeam(line: Line): Line {
  const seam = line.text.lastIndexOf(' ');
  if (line.lost === 0 || seam <= 0) return line;
  return { text: line.text.slice(0, seam), lost: line.lost + line.text.length - seam };
}

function cut(line: string, lost: number): string {
  if (lost === 0 && line.length <= shownCharsOfLine) return line;
  const head = line.slice(0, shownCharsOfLine).replace(/[\uD800-\uDBFF]$/, '');
  return `${head}… (${(line.length - head.length + lost).toLocaleString('en')} more characters)`;
}

/** As a terminal would leave it: without colours, and of a progress line that was written over only its last form. */
function plain(line: string): string {
  const last = line.replace(/\r+$/, '').split('\r').at(-1) ?? '';
  return last.replace(
    /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u0000-\u0008\u000b-\u001f\u007f]/g,
    '',
  );
}
