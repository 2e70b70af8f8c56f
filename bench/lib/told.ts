import type { StormRun } from './storm-stream';
import type { Accepted } from './strict-sink';

const causeWord = /\bsrc_[g-s]{4}_raw\b/g;
const pipelineWord = /\bp\d+_\d{5}\b/g;
const cardWord = /Storm/;

/** Who was told of what, and when: by name, or by cause with a count that includes the run. */
export function createTally(runs: StormRun[]) {
  const indexOf = new Map(runs.map(({ pipeline }, index) => [pipeline, index]));
  const ofCause = new Map<string, number[]>();
  runs.forEach(({ cause }, index) => {
    const known = ofCause.get(cause);
    if (known) known.push(index);
    else ofCause.set(cause, [index]);
  });
  const told = new Map<number, { at: number; by: string; named: boolean }>();
  /** How many of each cause, in the order of their arrival, are told by a count. */
  const counted = new Map<string, number>();
  const causeOfThread = new Map<string, string>();
  const top = new Map<string, Accepted>();
  const latest = new Map<string, Accepted>();
  const postIds = new Map<string, number>();

  function tell(index: number | undefined, message: Accepted, isNamed: boolean): void {
    if (index === undefined || told.has(index)) return;
    told.set(index, { at: message.at, by: keyOf(message.channel, message.threadTs ?? message.ts), named: isNamed });
  }

  function count(cause: string, n: number, message: Accepted): void {
    const members = ofCause.get(cause) ?? [];
    const before = counted.get(cause) ?? 0;
    for (let position = before; position < Math.min(n, members.length); position += 1)
      tell(members[position], message, false);
    if (n > before) counted.set(cause, n);
  }

  function take(message: Accepted): void {
    const shown = message.kind === 'file' ? message.body : [message.text, ...textsIn(message.body)].join('\n');
    for (const name of shown.match(pipelineWord) ?? []) {
      const index = indexOf.get(name);
      if (message.kind !== 'file') tell(index, message, true);
    }
    if (message.kind === 'file') return;
    if (message.kind === 'post') {
      if (message.postId) postIds.set(message.postId, (postIds.get(message.postId) ?? 0) + 1);
      if (!message.threadTs) top.set(keyOf(message.channel, message.ts), message);
    }
    if (!message.threadTs) latest.set(keyOf(message.channel, message.ts), message);
    const causes = new Set(shown.match(causeWord) ?? []);
    const [only] = causes;
    if (only && causes.size === 1 && !message.threadTs && !cardWord.test(message.text)) {
      causeOfThread.set(keyOf(message.channel, message.ts), only);
      const here = Number(/(\d+) more here/.exec(message.text)?.[1] ?? 0);
      const elsewhere = Number(/(\d+) elsewhere/.exec(message.text)?.[1] ?? 0);
      count(only, 1 + here + elsewhere, message);
    }
    const threadCause = message.threadTs && causeOfThread.get(keyOf(message.channel, message.threadTs));
    const inAll = Number(/(\d+) hit in all/.exec(message.text)?.[1] ?? 0);
    if (threadCause && inAll > 0) count(threadCause, inAll, message);
    for (const line of shown.split('\n')) {
      const words = line.match(causeWord) ?? [];
      const pipelines = Number(/(\d+) pipelines?\b/.exec(line)?.[1] ?? 0);
      if (words.length === 1 && words[0] && pipelines > 0) count(words[0], pipelines, message);
    }
  }

  const isCard = (message: Accepted) => cardWord.test(message.text);

  return {
    take,
    /** When, by which top-level message or its thread, and whether by name. */
    toldOf: (index: number) => told.get(index),
    /** Posts that were accepted twice, and live top-level posts of one pipeline in one channel beyond the first. */
    toldTwice(): number {
      const again = [...postIds.values()].reduce((sum, n) => sum + n - 1, 0);
      const heads = new Map<string, number>();
      for (const message of top.values()) {
        const lead = isCard(message) ? undefined : message.text.match(pipelineWord)?.[0];
        if (lead) heads.set(`${message.channel} ${lead}`, (heads.get(`${message.channel} ${lead}`) ?? 0) + 1);
      }
      return again + [...heads.values()].reduce((sum, n) => sum + n - 1, 0);
    },
    cards: () => [...top.values()].filter(isCard).length,
    /** Top-level messages as they stand last. */
    finals() {
      const all = [...latest.values()];
      const isOver = ({ text }: Accepted) => /🟢 (?:Recovered|Storm over)/.test(text);
      return {
        all: all.length,
        wrong: all.filter((message) => !isOver(message)).map(({ text }) => text.slice(0, 120)),
      };
    },
    /** The alert of a cause in a channel as it stands last. */
    alertOf: (channel: string, cause: string): Accepted | undefined =>
      [...latest.values()].find(
        (message) => message.channel === channel && causeOfThread.get(keyOf(channel, message.ts)) === cause,
      ),
    /**
     * By how much the k-th own post of a channel came later than k seconds after the first run of its cause, at most, in ms.
     *
     * @param bornAt  when the first run of a cause was answered 2xx; of a team's runs where the post is in its channel
     */
    ownPostsLateMs(bornAt: (channel: string, cause: string) => number | undefined): number {
      const nth = new Map<string, number>();
      const own = [...top.entries()].filter(([, message]) => !isCard(message)).sort(([, a], [, b]) => a.at - b.at);
      return own.reduce((worst, [key, { channel, at }]) => {
        const k = (nth.get(channel) ?? 0) + 1;
        nth.set(channel, k);
        const born = bornAt(channel, causeOfThread.get(key) ?? '');
        return born === undefined ? worst : Math.max(worst, at - born - k * 1_000);
      }, 0);
    },
    isCard: (key: string): boolean => {
      const message = top.get(key);
      return message !== undefined && isCard(message);
    },
  };
}

export const keyOf = (channel: string, ts: string): string => `${channel} ${ts}`;

export function textsIn(blocks: string): string[] {
  if (blocks === '') return [];
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (value !== null && typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'text' && typeof inner === 'string') found.push(inner);
        else walk(inner);
      }
    }
  };
  walk(JSON.parse(blocks));
  return found;
}
