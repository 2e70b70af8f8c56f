import { Agent, request } from 'undici';
import type { Clock } from '../../lib/clock';
import type { Logger } from '../../lib/logger';
import type { EventSink } from './options';
import type { SnsTopic } from './sns';
import type { JsonObject } from './wire';

export interface PublisherDeps {
  clock: Clock;
  sinks: EventSink[];
  topic: SnsTopic;
  clusterName: string;
  changed(): void;
  log: Logger;
}

/** Real milliseconds for one delivery; Amazon's topic allows its subscriber 15 s. */
const deliveryTimeoutMs = 15_000;
const firstRetryMs = 200;
const longestRetryMs = 5_000;

/** Sends every event to every sink at least once: in order, trying again until the sink takes it or the server stops. */
export function createPublisher({ clock, sinks, topic, clusterName, changed, log }: PublisherDeps) {
  const published: JsonObject[] = [];
  const agent = new Agent({ connect: { timeout: deliveryTimeoutMs } });
  const stopping = new AbortController();
  let open = false;
  const lanes = sinks.map((sink) => ({
    sink,
    waiting: [] as JsonObject[],
    work: undefined as Promise<void> | undefined,
  }));

  /** @returns whether the sink took it; a topic's subscriber is asked to confirm first */
  async function deliver(sink: EventSink, event: JsonObject): Promise<boolean> {
    if (sink.form === 'sns') {
      await topic.subscribe(sink, agent, stopping.signal);
      if (!topic.isConfirmed(sink.url)) return false;
    }
    const sent = { ...event, send_time: clock.now().getTime() };
    const message = sink.form === 'sns' ? await topic.notification(sink.url, JSON.stringify(sent)) : undefined;
    const answer = await request(sink.url, {
      method: 'POST',
      dispatcher: agent,
      headersTimeout: deliveryTimeoutMs,
      bodyTimeout: deliveryTimeoutMs,
      signal: stopping.signal,
      headers: {
        'content-type': message ? 'text/plain; charset=UTF-8' : 'application/json',
        ...(message?.headers ?? {}),
        ...(sink.token === undefined ? {} : { authorization: `Bearer ${sink.token}` }),
      },
      body: message?.body ?? JSON.stringify(sent),
    });
    await answer.body.dump();
    return answer.statusCode >= 200 && answer.statusCode < 300;
  }

  async function drain(lane: (typeof lanes)[number]): Promise<void> {
    let waitMs = firstRetryMs;
    for (let event = lane.waiting[0]; event && !stopping.signal.aborted; event = lane.waiting[0]) {
      const taken = await deliver(lane.sink, event).catch((error: unknown) => {
        if (!stopping.signal.aborted) log.debug({ err: error, url: lane.sink.url }, 'stand-in.delivery-failed');
        return false;
      });
      if (taken) {
        lane.waiting.shift();
        waitMs = firstRetryMs;
        continue;
      }
      await pause(waitMs, stopping.signal);
      waitMs = Math.min(waitMs * 2, longestRetryMs);
    }
    lane.work = undefined;
    changed();
  }

  return {
    published,
    publish(event: JsonObject): void {
      const stored = { ...event, cluster_name: clusterName, sync_time: clock.now().getTime() };
      published.push(stored);
      for (const lane of lanes) {
        lane.waiting.push(stored);
        if (open) lane.work ??= drain(lane);
      }
    },
    /** Delivery begins; what gathered so far goes first. */
    open(): void {
      open = true;
      for (const lane of lanes) if (lane.waiting.length > 0) lane.work ??= drain(lane);
    },
    /** Nothing waits to be delivered. */
    isQuiet: () => lanes.every((lane) => lane.waiting.length === 0 && lane.work === undefined),
    async close(): Promise<void> {
      stopping.abort();
      await Promise.all(lanes.map((lane) => lane.work));
      await agent.destroy();
    },
  };
}

/** Waits, or returns early when the signal fires. Never throws. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
