/** What goes into requests and what comes of it, for all that deals with them. */
import type { Actor } from '../domain/actor';
import type { Notice } from '../domain/notice';
import type { Request } from '../domain/request';
import type { By, RequestRefusal, RequestWish } from '../domain/request-wish';
import type { StoredRequest } from '../store/request-rows';

/** A question, as somebody asked it. */
export interface Asking {
  /** Who wants to know. */
  requester: Actor;
  /** Who brought it, where that is somebody else: a person of the team who saw it, say. */
  by?: Actor;
  source: Request['source'];
  question: string;
  /** Where it lives: Slack's id of a channel, or of a person for a direct message. */
  channel: string;
  /** The message that heads its thread; without it ours does. */
  threadTs?: string;
  /** The message itself, in Slack's stamp; the clock starts then. */
  askedAt?: Date;
  /** The same one makes no second request. */
  origin: string;
  about?: { connection?: string; pipeline?: string; run?: string; partition?: string; incidentId?: string };
}

export type AskAnswer = { outcome: 'asked' | 'known'; requestId: string; number: number };

export type WishAnswer =
  | { outcome: 'done'; request: StoredRequest }
  | { outcome: 'refused'; refusal: RequestRefusal; request: StoredRequest }
  | { outcome: 'gone' };

/** What is told beside what the messages show. */
export interface News {
  under: 'request' | 'triage';
  notice: Notice;
}

/** Of a request that a message of a person began. Slack's ids. */
export const originOf = (channel: string, ts: string): string => `message:${channel}:${ts}`;

/** What somebody wishes of a request, with the words of people that belong to it, and what to tell. */
export interface Wishing {
  requestId: string;
  by: By;
  wish: RequestWish;
  at?: Date;
  resolution?: string;
  scoreWords?: string;
  words?: { kind: 'said' | 'note' | 'summary'; words: string; ts?: string };
  tell?: (after: StoredRequest, before: StoredRequest) => News[];
}

export type RequestNotice = Extract<Notice, { kind: 'request' }>;
