import type { Accepted } from './strict-sink';

export interface StormRun {
  pipeline: string;
  /** A word that only the error texts of this cause hold. */
  cause: string;
  team: number;
}

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
  const toldAt = new Map<number, number>();
  /** How many of each cause, in the order of their arrival, are told by a count. */
  const counted = new Map<string, number>();
  const causeOfThread = new Map<string, string>();
  const named = new Set<number>();
  const top = new Map<string, Accepted>();
  const latest = new Map<string, Accepted>();
  const postIds = new Map<string, number>();

  function tell(index: number | undefined, at: number): void {
    if (index !== undefined && !toldAt.has(index)) toldAt.set(index, at);
  }

  function count(cause: string, n: number, at: number): void {
    const members = ofCause.get(cause) ?? [];
    const before = counted.get(cause) ?? 0;
    for (let position = before; position < Math.min(n, members.length); position += 1) tell(members[position], at);
    if (n > before) counted.set(cause, n);
  }

  function take(message: Accepted): void {
    const shown = message.kind === 'file' ? message.body : [message.text, ...textsIn(message.body)].join('\n');
    for (const name of shown.match(pipelineWord) ?? []) {
      const index = indexOf.get(name);
      if (message.kind !== 'file') tell(index, message.at);
      if (index !== undefined) named.add(index);
    }
    if (message.kind === 'file') return;
    if (message.kind === 'post') {
      if (message.postId) postIds.set(message.postId, (postIds.get(message.postId) ?? 0) + 1);
      if (!message.threadTs) top.set(`${message.channel} ${message.ts}`, message);
    }
    if (!message.threadTs) latest.set(`${message.channel} ${message.ts}`, message);
    const causes = new Set(shown.match(causeWord) ?? []);
    const [only] = causes;
    if (only && causes.size === 1 && !message.threadTs && !cardWord.test(message.text)) {
      causeOfThread.set(`${message.channel} ${message.ts}`, only);
      const here = Number(/(\d+) more here/.exec(message.text)?.[1] ?? 0);
      const elsewhere = Number(/(\d+) elsewhere/.exec(message.text)?.[1] ?? 0);
      count(only, 1 + here + elsewhere, message.at);
    }
    const threadCause = message.threadTs && causeOfThread.get(`${message.channel} ${message.threadTs}`);
    const inAll = Number(/(\d+) hit in all/.exec(message.text)?.[1] ?? 0);
    if (threadCause && inAll > 0) count(threadCause, inAll, message.at);
    for (const line of shown.split('\n')) {
      const words = line.match(causeWord) ?? [];
      const pipelines = Number(/(\d+) pipelines?\b/.exec(line)?.[1] ?? 0);
      if (words.length === 1 && words[0] && pipelines > 0) count(words[0], pipelines, message.at);
    }
  }

  const isCard = (message: Accepted) => cardWord.test(message.text);

  return {
    take,
    toldAt: (run: StormRun) => toldAt.get(indexOf.get(run.pipeline) ?? -1),
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
    /** Of so many runs picked evenly, how many some message or file names. */
    listed(picks: number): { of: number; found: number } {
      const step = Math.max(1, Math.floor(runs.length / picks));
      const picked = runs.map((_, index) => index).filter((index) => index % step === 0);
      return { of: picked.length, found: picked.filter((index) => named.has(index)).length };
    },
    cards: () => [...top.values()].filter(isCard).length,
    /** As they stand last. */
    parents() {
      const all = [...latest.values()].filter((message) => !isCard(message));
      return { all: all.length, notRecovered: all.filter(({ text }) => !/🟢 Recovered/.test(text)).length };
    },
  };
}

function textsIn(blocks: string): string[] {
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
