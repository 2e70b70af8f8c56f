import type { Api } from './api';
import type { ErrorWords, Event } from './schema';

const perPage = 1_000;
/** The log of a run is read in search of its failure as far as this many pages; it has no other index. */
const pagesRead = 50;

/** Why a run failed: the step that failed first, and the innermost cause in its own words. Of a run that broke outside of any step, the words alone. */
export async function whyFailed(api: Api, run: string): Promise<{ step?: string; error?: string }> {
  let ofRun: Event | undefined;
  let cursor: string | undefined;
  for (let page = 0; page < pagesRead; page += 1) {
    const { events, cursor: next, hasMore } = await api.events(run, 'failures', perPage, cursor);
    const ofStep = events.find(({ __typename }) => __typename === 'ExecutionStepFailureEvent');
    if (ofStep) return { step: ofStep.stepKey ?? undefined, error: wordsOf(ofStep) };
    ofRun = events.find(({ __typename }) => __typename === 'RunFailureEvent') ?? ofRun;
    if (!hasMore || next === cursor) break;
    cursor = next;
  }
  return ofRun ? { error: wordsOf(ofRun) } : {};
}

function wordsOf({ error, message }: Event): string | undefined {
  return (error && causeOf(error).message.trim()) || message.trim() || undefined;
}

/** What happened first. */
export function causeOf(error: ErrorWords): { message: string; stack?: string[] | null } {
  return error.errorChain?.at(-1)?.error ?? error;
}
