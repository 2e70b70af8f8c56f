import type { Actor } from '../domain/actor';
import { Failure } from '../domain/failure';
import { peopleCalledIn, readWritten } from '../domain/written';

/** What calls more people than this is read all the same. */
const namesRead = 10;

/** A message as people read it, with the names of those whom it calls; nobody's where Slack does not tell it. */
export async function readMessage(wire: string, actor: (slackId: string) => Promise<Actor>): Promise<string> {
  const names = new Map<string, string>();
  for (const slackId of peopleCalledIn(wire).slice(0, namesRead)) {
    const called = await actor(slackId).catch((error: unknown) => {
      if (error instanceof Failure) return undefined;
      throw error;
    });
    if (called) names.set(slackId, called.name);
  }
  return readWritten(wire, (slackId) => names.get(slackId));
}

/** The name by which we are called is no part of what is asked. */
export const withoutCall = (wire: string): string => wire.replace(/<@[UW][A-Z0-9]+(\|[^>]*)?>/, '').trim();

/** When a message was written, by its stamp in Slack. */
export const timeOf = (ts: string): Date => new Date(Number(ts) * 1_000);
