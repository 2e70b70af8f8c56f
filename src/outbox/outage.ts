import type { Clock } from '../lib/clock';

/** One message that gets no answer may be at fault itself; so many in a row, with none between that got one, are not. */
const unansweredForOutage = 3;
const longestRestMs = 30_000;

/** The call took effect or not; nothing came back that says which, or that it did not. */
export const silentKinds: readonly string[] = ['unavailable', 'unsure'];

/**
 * Whether Slack is away as a whole. While it is, one message after the other tries, at growing gaps, and the others wait as they are: each
 * that were tried would have to be looked for afterwards, or would wait for its own next try after Slack is back.
 */
export function createOutage({ clock, random }: { clock: Clock; random: () => number }) {
  const unanswered = new Set<string>();
  let tries = 0;
  let nextAt = 0;

  const restMs = (): number => Math.max(0, nextAt - clock.now().getTime());

  return {
    /** What may be under way at once now; 0 = nothing until `restMs` are over. */
    room: (most: number): number => (restMs() > 0 ? 0 : unanswered.size < unansweredForOutage ? most : 1),
    restMs,

    /** @returns whether it is this one that shows that Slack is away */
    unanswered(postId: string): boolean {
      const before = unanswered.size;
      unanswered.add(postId);
      if (unanswered.size < unansweredForOutage || restMs() > 0) return false;
      tries += 1;
      const ceilingMs = Math.min(longestRestMs, 1_000 * 2 ** (tries - 1));
      nextAt = clock.now().getTime() + Math.round(ceilingMs / 2 + (random() * ceilingMs) / 2);
      return before < unansweredForOutage;
    },

    /** @returns whether Slack was away until now */
    answered(): boolean {
      const wasAway = unanswered.size >= unansweredForOutage;
      unanswered.clear();
      tries = 0;
      nextAt = 0;
      return wasAway;
    },
  };
}
