import type { ServerResponse } from 'node:http';
import { type Heard, sendJson, startServer } from '../local-server';

export const apiKey = 'meson-key';

/** How the tries of a flow go. `wait` = until it is let go. */
export interface Flow {
  code: string;
  label: string;
  /** It does not begin by itself. */
  isAsleep?: boolean;
  /** Codes of the flows that wait for it. */
  wakes?: string[];
  goes(nth: number): 'OK' | 'KO' | 'wait';
}

export interface Execution {
  no: number;
  flow: Flow;
  word: string;
  nth: number;
  began: number;
  ended?: number;
  /** For which day, as this scheduler writes it: `2026/11/25`. */
  day?: string;
  changed: number;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly words: string,
  ) {
    super(words);
  }
}

const cause = 'java.lang.IllegalStateException: 3 rows without a customer';

/** A scheduler that looks like none of those that Pitcrew knows: numbers for names, words of its own, seconds, tickets and tokens. */
export async function startScheduler(flows: Flow[]) {
  const executions: Execution[] = [];
  const tickets = new Map<string, number>();
  const told: ((execution: Execution) => void)[] = [];
  let isLost = false;
  let last = Date.now() / 1_000;
  /** Seconds; every moment is another one. */
  const tick = () => {
    last = Math.max(last + 0.001, Date.now() / 1_000);
    return last;
  };

  function settle(execution: Execution, word: string): void {
    execution.word = word;
    execution.ended = tick();
    execution.changed = execution.ended;
    for (const tell of told) tell(execution);
  }
  function begin(execution: Execution): Execution {
    execution.began = tick();
    execution.changed = execution.began;
    execution.ended = undefined;
    execution.word = 'RUN';
    for (const tell of told) tell(execution);
    const goes = execution.flow.goes(execution.nth);
    if (goes !== 'wait') settle(execution, goes);
    return execution;
  }
  function make(code: string, day?: string): Execution {
    const flow = flowOf(code);
    const execution: Execution = { no: 40 + executions.length, flow, word: 'WAIT', nth: 1, began: 0, changed: 0, day };
    executions.push(execution);
    return begin(execution);
  }

  const shown = (execution: Execution) => ({
    exec_no: execution.no,
    flow: { code: execution.flow.code },
    state: { word: execution.word },
    try: execution.nth,
    for_day: execution.day ?? null,
    began: execution.began,
    ended: execution.ended ?? null,
    cause: execution.word === 'KO' ? cause : null,
    links: { page: `https://meson.example/x/${execution.no}` },
  });
  const tasksOf = (execution: Execution) => [
    { task: 'extract', state: { word: 'OK' }, cause: null },
    { task: 'load', state: { word: execution.word }, cause: execution.word === 'KO' ? cause : null },
  ];
  const find = (no: string | undefined) => {
    const found = executions.find((one) => one.no === Number(no));
    if (!found) throw new Refusal(404, `no execution ${no}`);
    return found;
  };

  function flowOf(code: string | undefined): Flow {
    const found = flows.find((one) => one.code === code);
    if (!found) throw new Refusal(404, `no flow ${code}`);
    return found;
  }

  function bodyOf(heard: Heard, ...keys: string[]): Record<string, string> {
    const body = JSON.parse(heard.body) as Record<string, string>;
    const stray = Object.keys(body).find((key) => !keys.includes(key));
    if (stray || !body.by) throw new Refusal(422, `the body may hold ${keys.join(', ')}, and must hold by`);
    return body;
  }
  function ticketed(body: Record<string, string>, act: () => Execution): unknown {
    if (!body.ticket || tickets.has(body.ticket)) throw new Refusal(409, 'this ticket was used');
    const execution = act();
    tickets.set(body.ticket, execution.no);
    return { payload: { exec_no: execution.no } };
  }

  function list(query: URLSearchParams): unknown {
    const since = Number(query.get('changed_after'));
    const size = Math.min(Number(query.get('max')), 7);
    const from = Number(query.get('token') || 0);
    const all = executions.filter(({ changed }) => changed >= since);
    const more = from + size < all.length ? String(from + size) : undefined;
    return { payload: { rows: all.slice(from, from + size).map(shown), more } };
  }

  function act(heard: Heard): unknown {
    const url = new URL(heard.url, 'http://x');
    const [, first, id, part, task, what] =
      /^\/rest\/(\w+)(?:\/([\w-]+))?(?:\/(\w+))?(?:\/(\w+))?(?:\/(\w+))?$/.exec(url.pathname) ?? [];
    const route = `${heard.method} ${[first, part, what].filter(Boolean).join(' ')}`;
    if (heard.method === 'GET') {
      if (first === 'ping') return { build: '7.4' };
      if (first === 'wires')
        return { payload: { wires: flows.map(({ code, wakes }) => ({ source: code, sinks: wakes ?? [] })) } };
      if (first === 'flows' && id !== undefined) return { payload: { naps: flowOf(id).isAsleep ? 'Y' : 'N' } };
      if (first === 'flows') {
        const [page, max] = [Number(url.searchParams.get('page')), Number(url.searchParams.get('max'))];
        const rows = flows.slice(page * max, (page + 1) * max);
        return {
          payload: {
            rows: rows.map(({ code, label }) => ({
              code,
              label,
              who: { mail: 'dana@shop.example' },
              labels: ['tier2'],
            })),
          },
        };
      }
      if (first === 'tickets') {
        const no = tickets.get(id ?? '');
        if (no === undefined) throw new Refusal(404, 'no such ticket');
        return { payload: { exec_no: no } };
      }
      if (first === 'executions' && id === undefined) return list(url.searchParams);
      if (route === 'GET executions') return { payload: shown(find(id)) };
      if (route === 'GET executions tasks') return { payload: { rows: tasksOf(find(id)) } };
      if (route === 'GET executions tasks output' && task)
        return find(id).word === 'KO' && task === 'load'
          ? `reading\n${cause}\n\tat shop.Load.run(Load.java:41)\n`
          : 'done\n';
    }
    if (route === 'POST executions again') {
      const execution = find(id);
      return ticketed(bodyOf(heard, 'by', 'ticket'), () => {
        if (!['KO', 'HALTED', 'AXED'].includes(execution.word)) throw new Refusal(409, 'it has not ended badly');
        execution.nth += 1;
        return begin(execution);
      });
    }
    if (route === 'PUT executions halt' || route === 'PUT executions axe') {
      bodyOf(heard, 'by');
      const execution = find(id);
      if (execution.word !== 'RUN') throw new Refusal(409, 'it does not run');
      settle(execution, part === 'axe' ? 'AXED' : 'HALTED');
      return {};
    }
    if (route === 'POST flows launch') {
      const body = bodyOf(heard, 'by', 'ticket', 'day');
      return ticketed(body, () => make(id ?? '', body.day));
    }
    if (route === 'PUT flows nap' || route === 'PUT flows wake') {
      bodyOf(heard, 'by');
      flowOf(id).isAsleep = part === 'nap';
      return {};
    }
    throw new Refusal(404, 'nothing here');
  }

  function answer(heard: Heard, response: ServerResponse): void {
    try {
      if (heard.headers['x-api-key'] !== apiKey) throw new Refusal(401, 'who are you?');
      const body = act(heard);
      if (isLost && heard.method !== 'GET') {
        isLost = false;
        response.destroy();
      } else if (typeof body === 'string') response.writeHead(200, { 'content-type': 'text/plain' }).end(body);
      else sendJson(response, 200, body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      sendJson(response, error.status, { error: error.words });
    }
  }

  const server = await startServer(answer);
  return {
    url: `${server.url}/rest`,
    heard: server.heard,
    executions,
    make,
    settle,
    shown,
    onChange: (tell: (execution: Execution) => void) => told.push(tell),
    loseNextAnswer: () => {
      isLost = true;
    },
    close: server.close,
  };
}
