import { createLiteralMatcher } from '../lib/literal-matcher';
import type { LogLine } from './log-line';

/** Where a line stands: in which run, in which stack trace, how deep in a chain of exceptions. */
export interface Place {
  /** It is the message of a trace: the line after the last frame, the line before the first, or a `Caused by`. */
  message: boolean;
  /** Depth in a chain whose inner exceptions follow (Java, Dagster); 0 for the outermost. */
  depth: number;
  /** Which run of the program it belongs to, where the log holds several. */
  run: number;
  /** How many traces ended before it: of several failures the last is the one that stopped the run. */
  trace: number;
  /** In a chain whose inner exceptions come first (Python): how the next trace goes on from this one. */
  next?: 'direct' | 'handling';
  /** The line before it only said that an error follows. */
  announced: boolean;
  /** Source code that was printed and not said. */
  quoted: boolean;
  /** The logger's own mishap ("--- Logging error ---"), which stops nothing. */
  mishap: boolean;
}

export const NOWHERE: Place = {
  message: false,
  depth: 0,
  run: 0,
  trace: 0,
  announced: false,
  quoted: false,
  mishap: false,
};

/** What is known of the trace that is being read; one for each of the interleaved sources. */
interface TraceState {
  inTrace: boolean;
  /** Frames and code stand further right than this. */
  indent: number;
  /** The message stood before the frames, so none follows them. */
  messageFirst: boolean;
  depth: number;
  linesSinceFrame: number;
  lastMessage: number;
  /** The next line is the message of an inner exception. */
  innerNext: boolean;
  /** The next message belongs to the same chain as the last. */
  chained: boolean;
  mishap: boolean;
}

/** After so many lines without a frame a chain is over. */
const CHAIN_GAP_LINES = 12;
/** More sources at a time than this share one state. */
const SOURCES_MAX = 256;

export function placesOf(lines: readonly LogLine[]): Place[] {
  const states = new Map<string, TraceState>();
  let source = '';
  let trace = 0;
  let run = 0;
  const places: Place[] = [];
  lines.forEach((line, at) => {
    // A line without a prefix goes on from the one before it.
    if (line.logged || line.source !== '') source = line.source;
    if (line.kind === 'text' && MAY_START.test(line.body) && RUN_START.test(line.body)) run++;
    const state = states.get(source) ?? (states.size < SOURCES_MAX ? newState() : (states.get('') ?? newState()));
    states.set(source, state);
    const place: Place = { message: false, depth: 0, run, trace, announced: false, quoted: false, mishap: false };
    places.push(place);
    readMishap(line, state);
    place.mishap = state.mishap;
    place.announced = line.kind === 'text' && announcedAbove(lines, places, at);
    if (place.announced && R_CALL.test(lines[at - 1]?.body ?? '')) place.message = true;
    if (line.body.includes('rror in ') && R_ERROR.test(line.body)) place.message = true;
    if (placeInTrace(line, at, place, state, lines, places)) place.trace = ++trace;
    if (isNodeCode(lines, at)) place.quoted = true;
  });
  return places;
}

function newState(): TraceState {
  return {
    inTrace: false,
    indent: 0,
    messageFirst: false,
    depth: 0,
    linesSinceFrame: Number.POSITIVE_INFINITY,
    lastMessage: -1,
    innerNext: false,
    chained: false,
    mishap: false,
  };
}

/** Python's logging tells its own mishaps from a fixed first line to `Message:` and `Arguments:`. */
function readMishap(line: LogLine, state: TraceState): void {
  if (line.body.startsWith('--- Logging error ---')) state.mishap = true;
  else if (state.mishap && /^Arguments: /.test(line.body)) state.mishap = false;
}

/** Marks the line; true when it is the message of a trace that is not chained to the one before. */
function placeInTrace(
  line: LogLine,
  at: number,
  place: Place,
  state: TraceState,
  lines: readonly LogLine[],
  places: readonly Place[],
): boolean {
  const indent = line.body.length - line.body.trimStart().length;
  state.linesSinceFrame++;
  switch (line.kind) {
    case 'blank':
      return false;
    case 'traceback':
      state.inTrace = true;
      state.messageFirst = false;
      state.indent = indent;
      return false;
    case 'frame':
      if (/^\s*File /.test(line.body)) {
        if (!state.inTrace) {
          state.indent = Math.max(0, indent - 2);
          state.messageFirst = opensWithMessage(lines, places, at);
        }
        state.inTrace = true;
      } else state.inTrace = false;
      state.linesSinceFrame = 0;
      return false;
    case 'chain-direct':
    case 'chain-handling': {
      const message = places[state.lastMessage];
      if (message !== undefined) message.next = line.kind === 'chain-direct' ? 'direct' : 'handling';
      state.chained = true;
      state.inTrace = false;
      return false;
    }
    case 'chain-inner':
      state.depth++;
      state.innerNext = true;
      state.inTrace = false;
      state.linesSinceFrame = 0;
      return false;
    default:
  }
  if (
    (line.body.includes('raise ') && CODE_THAT_RAISES.test(line.body)) ||
    (line.kind === 'text' && lines[at - 1]?.kind === 'frame' && NOTEBOOK_FRAME.test(lines[at - 1]?.body ?? ''))
  ) {
    place.quoted = true;
    return false;
  }
  if (state.inTrace && indent > state.indent) {
    place.quoted = true;
    return false;
  }
  if (state.inTrace) {
    state.inTrace = false;
    if (!state.messageFirst) {
      state.depth = 0;
      return markMessage(place, at, state);
    }
    state.messageFirst = false;
  }
  if (line.kind === 'caused-by') {
    state.depth++;
    place.depth = state.depth;
    state.linesSinceFrame = 0;
    state.chained = true;
    return markMessage(place, at, state);
  }
  if (state.innerNext) {
    state.innerNext = false;
    place.depth = state.depth;
    return markMessage(place, at, state);
  }
  if (state.linesSinceFrame > CHAIN_GAP_LINES) state.depth = 0;
  if (line.kind === 'exception' && framesFollow(lines, at)) {
    state.depth = 0;
    return markMessage(place, at, state);
  }
  return false;
}

/** Node opens with the place, the line of code there, and a caret under it. */
const NODE_PLACE = /^\s*(?:file:\/\/|node:|\/|[A-Z]:\\)\S{1,400}:\d{1,7}\s*$/;

function isNodeCode(lines: readonly LogLine[], at: number): boolean {
  if (lines[at + 1]?.kind !== 'code' || lines[at]?.kind !== 'text') return false;
  return NODE_PLACE.test(lines[at - 1]?.body ?? '');
}

/** IPython's frame: the code always follows it. */
const NOTEBOOK_FRAME = /^\s*File \S{1,300}:\d+, in /;

/** Where a trace lost its indentation, the line that raises still cannot be a message. */
const CODE_THAT_RAISES = /^\s*(?:(?:-+> ?)?\d+ +)?raise [A-Za-z_][\w.]*(?:\(|$| from )/;

function markMessage(place: Place, at: number, state: TraceState): boolean {
  const isNew = !state.chained;
  place.message = true;
  state.lastMessage = at;
  state.chained = false;
  return isNew;
}

/** `ValueError: text` and then `Stack Trace:` or the frames: Dagster, Airflow 3 and rich print the message first. */
function opensWithMessage(lines: readonly LogLine[], places: readonly Place[], at: number): boolean {
  for (let back = at - 1; back >= 0 && back > at - 5; back--) {
    const line = lines[back];
    if (line === undefined || line.kind === 'blank' || /^\s*Stack Trace:\s*$/i.test(line.body)) continue;
    return places[back]?.message === true || line.kind === 'exception';
  }
  return false;
}

/** Frames follow within the next lines, however the message is broken over them. */
function framesFollow(lines: readonly LogLine[], at: number): boolean {
  for (let ahead = at + 1; ahead < lines.length && ahead < at + 5; ahead++) {
    const line = lines[ahead];
    if (line?.kind === 'frame' || /^\s*Stack Trace:\s*$/i.test(line?.body ?? '')) return true;
    if (line?.logged === true) return false;
  }
  return false;
}

/** "Encountered an error:", "Database Error", "ERROR:", R's "Error in f(x) :": the next line says which. */
const ANNOUNCEMENT =
  /^\s*(?:[\w$]+\.){1,12}[\w$]*(?:Exception|Error)\s*:\s*$|: (?:Runtime|Database|Compilation|Parsing|Validation|Internal) Error\s*$|terminated with (?:an )?(?:error|exception)\s*$|Parameter validation failed:\s*$|^\s*(?:Caused by )?error in (?:.{1,200} :|`[^`]{1,200}`:)\s*$|^\s*\d{1,4}\. (?:Error|Failure): .{1,200} \(@\S{1,120}\)[ ─-]{0,100}$|^\s*── (?:Error|Failure) \(.{1,200}─\s*$|\([\w]{5}\): SQL [\w ]{1,30} error:\s*$|^\s*Completed with \d+ errors?\b[^:]{0,80}:\s*$|^\s*[\w .-]{1,80} failed,? (?:with )?error:\s*$|^\s*(?:>|!|\d+ errors?:? )?(?:[\w ]{0,40}\b)?(?:error|errors|failed|failure|exception|problem)\w*(?: (?:in|while|during|at|occurred)\b[^:]{0,200})?:?\s*$/i;

/** R breaks a long message after the call that raised it. */
const R_CALL = /^\W{0,4}(?:Error|Caused by error) in (?:.{1,200} :|`[^`]{1,200}`:)\s*$/;

/** R's error with the call that raised it, in one line. */
const R_ERROR = /^\W{0,4}(?:Warning: |Error: )?Error in [^:]{1,200}: \S/;

/** An announcement is short; the quick look spares the others the full one. */
const ANNOUNCEMENT_MAX = 300;
const mayAnnounce = createLiteralMatcher(['error', 'fail', 'exception', 'problem']);

/** Names the word at which something broke: that is the error itself. */
const SAYS_WHERE = /\berror at or near \S/i;

export function isAnnouncement(body: string): boolean {
  return body.length <= ANNOUNCEMENT_MAX && mayAnnounce.has(body) && ANNOUNCEMENT.test(body) && !SAYS_WHERE.test(body);
}

/** Blank lines that may stand between an announcement and the error. */
const BLANK_LINES_MAX = 2;

function announcedAbove(lines: readonly LogLine[], places: readonly Place[], at: number): boolean {
  let above = at - 1;
  while (above > at - 1 - BLANK_LINES_MAX && lines[above]?.kind === 'blank') above--;
  return announces(lines[above], places[above]);
}

function announces(line: LogLine | undefined, place: Place | undefined): boolean {
  if (line === undefined) return false;
  return isAnnouncement(line.body) || (place?.announced === true && /:\s*$/.test(line.body));
}

/** The quick look that spares the others the full one. */
const MAY_START = /^\s*[=rsb]/i;
/** What orchestrators and engines say when a run begins. */
const RUN_START =
  /^\s*(?:=+ .{0,60} =+\s*$|Running with dbt=|running dbt with arguments|Starting attempt \d+ of|Running Spark version|Beginning flow run|Started execution of run|Started process \d+ to run task|Started process \(PID=\d+\) to work on)/i;
