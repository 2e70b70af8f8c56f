import type { JsonObject } from './wire';

/** Slack says no: the error word, with what else the answer carries. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly extra: JsonObject = {},
  ) {
    super(code);
    this.name = 'Refusal';
  }
}

/** A refusal with the lines that Slack puts into `response_metadata.messages`. */
export const refusalWith = (code: string, messages: string[], extra: JsonObject = {}) =>
  new Refusal(code, { ...extra, response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) } });
