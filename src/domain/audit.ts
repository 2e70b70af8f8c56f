import { readInstant } from './since';

/** One line of the trail, with the person's name while we may still know it. */
export interface AuditLine {
  seq: number;
  at: Date;
  what: string;
  kind: string;
  actionId?: string;
  /** The surrogate; stays when the person is erased. */
  personId?: string;
  person?: string;
  slackId?: string;
  connection?: string;
  pipeline?: string;
  run?: string;
  detail: Record<string, unknown>;
}

/** What was asked of the trail in words. */
export interface AuditAsk {
  pipeline?: string;
  /** Without its @. */
  person?: string;
  since?: Date;
  page: number;
  /** All of it, as a file. */
  isFile: boolean;
}

/** A page of the trail, newest first, or why there is none. */
export type AuditAnswer =
  | { kind: 'page'; lines: AuditLine[]; total: number; page: number; pages: number; ask: AuditAsk; isOwnOnly: boolean }
  | { kind: 'file'; total: number }
  | { kind: 'denied'; name: string; whoMay: string }
  | { kind: 'unknown'; name: string; didYouMean: string[] };

/** `orders_daily @dana 7d 2 csv`, in any order: a pipeline, a person, since when, which page, as a file. Never throws. */
export function readAuditAsk(text: string, at: { now: Date; timeZone: string }): AuditAsk {
  const ask: AuditAsk = { page: 1, isFile: false };
  const rest: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const since = readInstant(word, at);
    if (since) ask.since = since;
    else if (word.startsWith('@') && word.length > 1) ask.person = word.slice(1);
    else if (/^[^@\s]+@[^@\s]+$/.test(word)) ask.person = word;
    else if (/^\d{1,4}$/.test(word) && Number(word) > 0) ask.page = Number(word);
    else if (word.toLowerCase() === 'csv') ask.isFile = true;
    else rest.push(word);
  }
  if (rest.length > 0) ask.pipeline = rest.join(' ');
  return ask;
}
