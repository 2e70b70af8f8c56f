/**
 * Slack's own markup, safely. Text from outside goes through one of these, once, and never into a message as it came.
 * Source: Slack's "Formatting message text".
 */
const ansi = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
/** Control characters, direction overrides, invisible spaces and tag characters: all that can hide or turn text round. */
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u{e0000}-\u{e007f}]|\p{Cs}/gu;

/** One line of text, without colour codes, control characters and direction overrides; white space collapsed. */
export function plain(text: string): string {
  return text
    .replace(ansi, '')
    .replace(/[\s\u0085\u2028\u2029]+/g, ' ')
    .replace(unseen, '')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** The same, but lines and indentation stay: for logs. */
function plainLines(text: string): string {
  return text
    .replace(ansi, '')
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(unseen, '');
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** The three characters that Slack reads as markup, and no others. Once: escaped text escaped again shows its entities. */
export function escapeText(text: string): string {
  return text.replace(/[&<>]/g, (character) => entities[character] ?? character);
}

/**
 * Takes the force from `*bold*`, `_italic_`, `~strike~`, code and quote marks by an invisible joiner before them. Marks inside a
 * word do nothing in Slack, so `orders_daily` stays as it is and can be copied.
 */
function defuse(text: string): string {
  return text
    .replace(/(?<![\p{L}\p{N}])[*_~`]|[*_~`](?![\p{L}\p{N}])/gu, (mark) => `\u2060${mark}`)
    .replace(/^>/, '\u2060>');
}

/** Foreign text to stand inside a sentence of ours: one line, no markup, no pings, at most `max` characters as sent. */
export function words(text: string, max = 300): string {
  return cut(escapeText(defuse(plain(text))), max);
}

/** What a person asked; its words may have been erased, or forgotten after a time. */
export function asked(question: string, max = 300): string {
  if (question === '') return words('(words erased)', max);
  return max > lineMax ? words(question, max) : words(shortened(plain(question), max), 2 * max);
}
/** In a line of a list nobody counts what is missing. */
const lineMax = 200;

/** The same line by line; empty ones are left out. */
export function wordsOfLines(text: string, max: number): string {
  const lines = text.split('\n').map((line) => escapeText(defuse(plain(line))));
  return cut(lines.filter((line) => line !== '').join('\n'), max);
}

/** Foreign text as inline code, at most `max` characters as sent. Backticks become apostrophes: there is no way to escape them. */
export function code(text: string, max = 300): string {
  const inside = cut(escapeText(plain(text).replaceAll('`', "'")), Math.max(1, max - 2));
  return inside === '' ? '`(empty)`' : `\`${inside}\``;
}

/** The lines of a log, ready to be fenced: escaped, and with backticks that can no longer end the block. */
export function preformattedLines(text: string): string[] {
  return escapeText(plainLines(text).replaceAll('`', '`\u2060')).split('\n');
}

/** A block of code, at most `max` characters as sent, fences included; what does not fit is left out at the end and counted. */
export function preformatted(text: string, max: number): string {
  return fence(cut(preformattedLines(text).join('\n'), Math.max(1, max - 8)));
}

/** @param escaped lines that went through `preformattedLines` */
export function fence(escaped: string): string {
  return `\`\`\`\n${escaped.trim() === '' ? '(empty)' : escaped}\n\`\`\``;
}

/**
 * `<address|label>`, or the label alone where the address is not a web address or is longer than Slack takes. User names and
 * passwords in the address are dropped.
 */
export function link(address: string | undefined, label: string): string {
  const shown = words(label.replace(/[|>]/g, ' '), 200);
  const href = webAddress(address);
  return href === undefined || shown === '' ? shown : `<${escapeText(href)}|${shown}>`;
}

/** The address in the form in which it may stand in a message or on a button; `undefined` if it may not. */
export function webAddress(address: string | undefined, max = 3_000): string | undefined {
  if (address === undefined) return undefined;
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return undefined;
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  url.username = '';
  url.password = '';
  const href = url.href.replace(/[|<>`\s^]/g, (character) => encodeURIComponent(character));
  return escapeText(href).length > max ? undefined : href;
}

/** Day and time in words, with the zone named: for fallbacks and for text that is read aloud. */
export function sayDate(at: Date, timeZone: string): string {
  return formatter(timeZone, 'date').format(at);
}

/** A time of day with its zone. */
export function sayTime(at: Date, timeZone: string): string {
  return formatter(timeZone, 'time').format(at);
}

/** Building one takes longer than rendering the rest of a message; there are as many as zones in use. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string, shape: 'date' | 'time'): Intl.DateTimeFormat {
  const key = `${shape} ${timeZone}`;
  const known = formatters.get(key);
  if (known) return known;
  const day = shape === 'date' ? ({ day: 'numeric', month: 'short', year: 'numeric' } as const) : {};
  const time = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const;
  const made = new Intl.DateTimeFormat('en-GB', { ...day, ...time, timeZone: knownZone(timeZone) });
  formatters.set(key, made);
  return made;
}

/** A zone of somebody's profile that this machine's tables do not have is no reason to show nothing. */
function knownZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

/** A date that Slack shows in the reader's own zone; older clients and notifications show the fallback, which names its zone. */
export function date(at: Date, timeZone: string, tokens = '{date_short_pretty} at {time}', fallback?: string): string {
  const seconds = Math.floor(at.getTime() / 1000);
  return `<!date^${seconds}^${tokens}|${words(fallback ?? sayDate(at, timeZone)).replaceAll('|', ' ')}>`;
}

const userId = /^[UW][A-Z0-9]{2,}$/;
const usergroupId = /^S[A-Z0-9]{2,}$/;
const mentionToken = /^<(?:@([UW][A-Z0-9]{2,})|!subteam\^(S[A-Z0-9]{2,}))(?:\|[^<>|]*)?>$/;

export function isUserId(text: string): boolean {
  return userId.test(text);
}

/**
 * A live mention of one person or user group, from their id or from the token itself. Anything else comes back as plain words: a
 * mention of a whole channel cannot be made here.
 */
export function mention(id: string): string {
  const token = mentionToken.exec(id);
  const bare = token?.[1] ?? token?.[2] ?? id;
  if (userId.test(bare)) return `<@${bare}>`;
  if (usergroupId.test(bare)) return `<!subteam^${bare}>`;
  return words(id, 60);
}

/** What must never be split: a `<…>` token, an entity, a character outside the basic plane. */
const atom = /<[^<>]*>|&(?:amp|lt|gt);|[\s\S]/gu;

/** At most `max` UTF-16 units of plain text, cut between words where that is possible; for what stands in full elsewhere. */
export function shortened(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = Array.from(text).reduce((all, letter) => (all.length + letter.length < max ? all + letter : all), '');
  const words = kept.replace(/\s+\S*$/, '');
  return `${words.length > max / 2 ? words : kept.trimEnd()}…`;
}

/**
 * At most `max` UTF-16 units (never more than Slack counts), cut between code points, never inside an entity or a `<…>` token.
 * Says how much is missing where there is room for that.
 */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const atoms = text.match(atom) ?? [];
  const note = (left: number): string => (max >= 60 ? `… ${left.toLocaleString('en-US')} more characters` : '…');
  // The note is longest when all of the text is missing.
  const room = max - note(text.length).length;
  let kept = '';
  let count = 0;
  for (const each of atoms) {
    if (kept.length + each.length > room) break;
    kept += each;
    count += 1;
  }
  return max < 1 ? '' : `${kept.trimEnd()}${note(atoms.length - count)}`;
}
