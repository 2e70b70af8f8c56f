import type { LiteralMatcher } from '../lib/literal-matcher';

/** A stretch of the log that was kept, with the number of its first line. */
export interface Stretch {
  fromLineNo: number;
  bytes: Buffer;
  /** It begins within a line: the first piece of it is the rest of a line. */
  midLine: boolean;
}

export interface LogKeeper {
  add(chunk: Buffer): void;
  /** What was kept, in order, without overlap. */
  finish(): Stretch[];
}

/** Bytes kept whole from the start and from the end of a log. A log that is no longer than both together is kept whole. */
export const HEAD_BYTES = 512 << 10;
export const TAIL_BYTES = 3 << 19;
/** From between, lines that may show a cause are kept with some lines around them. */
const BEFORE_LINES = 8;
const BEFORE_BYTES = 4 << 10;
const AFTER_LINES = 24;
const AFTER_BYTES = 8 << 10;
const MIDDLE_BYTES = 1 << 20;
const LINE_BYTES = 4 << 10;
/** How often a literal may have its line looked at: enough for what is said once, not for what is said all the time. */
const LOOKS_PER_LITERAL = 64;
const NEWLINE = 10;

/**
 * Reads a log of any size in bounded memory: keeps its head and its tail whole, and from the middle what `isWorthKeeping`.
 * The middle is sieved for literals at the speed of memory; only lines with a literal are looked at, and each literal only so often.
 */
export function createLogKeeper(matcher: LiteralMatcher, isWorthKeeping: (line: string) => boolean): LogKeeper {
  const head: Buffer[] = [];
  let headBytes = 0;
  const tail: Buffer[] = [];
  let tailBytes = 0;
  const middle: Stretch[] = [];
  let middleBytes = 0;
  const looks = new Int32Array(matcher.literals.length);
  let headLines = 0;
  let headEndsMidLine = false;
  let lineNo = 1;
  let midLine = false;
  let carried: Buffer | undefined;

  function hold(piece: Buffer): void {
    if (headBytes < HEAD_BYTES) {
      const room = HEAD_BYTES - headBytes;
      const part = piece.length <= room ? piece : piece.subarray(0, lineEndBefore(piece, room));
      head.push(part);
      headBytes = piece.length <= room ? headBytes + part.length : HEAD_BYTES;
      headLines += countLines(part);
      headEndsMidLine = part[part.length - 1] !== NEWLINE;
      lineNo = headLines + 1;
      midLine = headEndsMidLine;
      if (part.length < piece.length) hold(piece.subarray(part.length));
      return;
    }
    tail.push(piece);
    tailBytes += piece.length;
    while (tailBytes - (tail[0]?.length ?? 0) >= TAIL_BYTES) {
      const oldest = tail.shift();
      if (oldest === undefined) break;
      tailBytes -= oldest.length;
      sieve(oldest);
    }
  }

  /** Looks through bytes that will be forgotten. */
  function sieve(bytes: Buffer): void {
    let lineStart = 0;
    let keptUpTo = 0;
    const recent: number[] = [0];
    let looked = -1;
    matcher.scan(bytes, 0, (id, end) => {
      if (id === 0) {
        lineNo++;
        lineStart = end;
        recent.push(end);
        if (recent.length > BEFORE_LINES + 1) recent.shift();
        return;
      }
      if (
        lineStart === looked ||
        end <= keptUpTo ||
        middleBytes >= MIDDLE_BYTES ||
        (looks[id] as number) >= LOOKS_PER_LITERAL
      )
        return;
      looks[id] = (looks[id] as number) + 1;
      const from = Math.max(lineStart, end - LINE_BYTES / 2);
      const newline = bytes.indexOf(NEWLINE, end);
      const to = Math.min(newline < 0 ? bytes.length : newline, from + LINE_BYTES);
      if (newline >= 0 || end - lineStart < LINE_BYTES) looked = lineStart;
      if (!isWorthKeeping(bytes.toString('utf8', from, to))) return;
      const earliest = Math.max(keptUpTo, end - BEFORE_BYTES);
      const start = recent.find((offset) => offset >= earliest) ?? Math.max(earliest, from);
      const stop = endOfWindow(bytes, to);
      const linesBack = recent.filter((offset) => offset > start && offset <= lineStart).length;
      middle.push({
        fromLineNo: start > lineStart ? lineNo : lineNo - linesBack,
        bytes: Buffer.from(bytes.subarray(start, stop)),
        midLine: start > 0 ? bytes[start - 1] !== NEWLINE : midLine,
      });
      middleBytes += stop - start;
      keptUpTo = stop;
    });
    midLine = bytes[bytes.length - 1] !== NEWLINE;
  }

  return {
    add(chunk) {
      const whole = carried === undefined ? chunk : Buffer.concat([carried, chunk]);
      const end = whole.lastIndexOf(NEWLINE) + 1;
      // Pieces end with a line where they can, so that no line is looked at in two halves.
      carried = end > 0 && end < whole.length && whole.length - end < LINE_BYTES * 16 ? whole.subarray(end) : undefined;
      hold(carried === undefined ? whole : whole.subarray(0, end));
    },
    finish() {
      if (carried !== undefined) hold(carried);
      carried = undefined;
      const stretches: Stretch[] = [];
      if (headBytes > 0) stretches.push({ fromLineNo: 1, bytes: Buffer.concat(head), midLine: false });
      stretches.push(...middle);
      if (tail.length > 0) stretches.push({ fromLineNo: lineNo, bytes: Buffer.concat(tail), midLine });
      return stretches;
    },
  };
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** End of the last whole line within the first `room` bytes, or `room` where there is none. */
function lineEndBefore(bytes: Buffer, room: number): number {
  const end = bytes.lastIndexOf(NEWLINE, room - 1) + 1;
  return end > 0 ? end : room;
}

function endOfWindow(bytes: Buffer, from: number): number {
  const latest = Math.min(bytes.length, from + AFTER_BYTES);
  let end = from;
  for (let line = 0; line <= AFTER_LINES; line++) {
    const newline = bytes.indexOf(NEWLINE, end);
    if (newline < 0 || newline >= latest) return latest;
    end = newline + 1;
  }
  return end;
}
