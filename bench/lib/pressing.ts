import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StormRun } from './storm-stream';
import type { Accepted } from './strict-sink';
import { type createTally, keyOf, textsIn } from './told';

/** Where the press led: to its name at once, to the thread, to a file linked there, or to a list that was asked for. */
type Found = 'named' | 'thread' | 'file' | 'list' | 'nowhere';

const listWithinMs = 20_000;

/**
 * Does what somebody does who was told of a run by a count: opens the thread, or the file linked there, or presses *Show all*;
 * one press each.
 */
export function createPresser(deps: {
  runs: StormRun[];
  accepted: Accepted[];
  tally: ReturnType<typeof createTally>;
  product: { url: string };
  signingSecret: string;
  responseUrl: string;
}) {
  const { runs, accepted, tally, product, signingSecret, responseUrl } = deps;
  const pressed = new Map<string, Promise<void>>();

  const threadOf = (key: string): Accepted[] =>
    accepted.filter(({ channel, threadTs }) => threadTs !== undefined && keyOf(channel, threadTs) === key);
  const shownIn = (message: Accepted): string => [message.text, ...textsIn(message.body)].join('\n');

  function namedIn(messages: Accepted[], run: StormRun): Found | undefined {
    const name = new RegExp(`\\b${run.pipeline}\\b`);
    if (messages.some((message) => name.test(shownIn(message)))) return 'thread';
    const links = messages.flatMap((message) => shownIn(message).match(/files\.example\/F\d+/g) ?? []);
    const isFiled = accepted.some(
      ({ kind, ts, body }) => kind === 'file' && links.includes(`files.example/${ts}`) && name.test(body),
    );
    return isFiled ? 'file' : undefined;
  }

  /** Presses once for all who look at the same alert, and waits for the reply. */
  function showAll(alert: Accepted): Promise<void> {
    const key = keyOf(alert.channel, alert.ts);
    const pressing =
      pressed.get(key) ??
      (async () => {
        const before = threadOf(key).length;
        const value = /"action_id":"show-members\.v1".*?"value":("(?:[^"\\]|\\.)*")/.exec(alert.body)?.[1];
        if (value === undefined) return;
        await send(alert, 'show-members.v1', JSON.parse(value));
        const deadline = performance.now() + listWithinMs;
        while (threadOf(key).length === before && performance.now() < deadline) await sleep(50);
      })();
    pressed.set(key, pressing);
    return pressing;
  }

  async function send(alert: Accepted, actionId: string, value: string): Promise<void> {
    const payload = {
      type: 'block_actions',
      team: { id: 'T0' },
      user: { id: 'U0DANA', team_id: 'T0' },
      api_app_id: 'A0BENCH',
      trigger_id: `${alert.ts}.press`,
      response_url: responseUrl,
      container: { type: 'message', message_ts: alert.ts, channel_id: alert.channel },
      channel: { id: alert.channel },
      message: { ts: alert.ts },
      actions: [{ type: 'button', action_id: actionId, block_id: 'b', value, action_ts: alert.ts }],
    };
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const stamp = Math.floor(Date.now() / 1_000);
    const signature = createHmac('sha256', signingSecret).update(`v0:${stamp}:${body}`).digest('hex');
    await fetch(`${product.url}/slack/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': String(stamp),
        'x-slack-signature': `v0=${signature}`,
      },
      body,
      signal: AbortSignal.timeout(10_000),
    });
  }

  async function lookFor(index: number): Promise<Found> {
    const run = runs[index];
    const told = tally.toldOf(index);
    if (!run || !told) return 'nowhere';
    if (told.named) return 'named';
    const there = namedIn(threadOf(told.by), run);
    if (there || tally.isCard(told.by)) return there ?? 'nowhere';
    const alert = tally.alertOf(`C0TEAM${run.team}`, run.cause);
    if (!alert) return 'nowhere';
    await showAll(alert);
    const found = namedIn(threadOf(keyOf(alert.channel, alert.ts)), run);
    return found === undefined ? 'nowhere' : found === 'thread' ? 'list' : found;
  }

  return {
    /** @returns how many of so many picked by the seed were found, and where */
    async lookForSome(picks: number, seed: number): Promise<Record<Found, number>> {
      const found: Record<Found, number> = { named: 0, thread: 0, file: 0, list: 0, nowhere: 0 };
      for (const index of picked(runs.length, picks, seed)) found[await lookFor(index)] += 1;
      return found;
    },
  };
}

/** So many different indices below `count`, the same for the same seed. */
function picked(count: number, picks: number, seed: number): Set<number> {
  const chosen = new Set<number>();
  let state = seed >>> 0;
  while (chosen.size < Math.min(picks, count)) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    chosen.add(Math.floor((state / 2 ** 32) * count));
  }
  return chosen;
}
