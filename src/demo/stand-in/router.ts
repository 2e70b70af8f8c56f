import { Problem } from './refusal';

export interface Call {
  /** Path slots by name, decoded. */
  slots: Record<string, string>;
  query: URLSearchParams;
  /** The `user` header, refused when missing. */
  user(): string;
  body: unknown;
}

export interface Answer {
  status?: number;
  /** Left out: an empty body. */
  body?: unknown;
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Segments; `:name` is a slot, `:name#` a numeric one. */
  pattern: string;
  handle(call: Call): Answer | Promise<Answer>;
}

interface Matched {
  route: Route;
  slots: Record<string, string>;
}

/** Literal segments win over slots, as the web framework chooses. Throws the framework's own problems. */
export function matchRoute(routes: Route[], method: string, path: string): Matched {
  const segments = path.split('/').filter((segment) => segment !== '');
  const found = routes
    .flatMap((route) => {
      const slots = slotsOf(route.pattern, segments);
      return slots ? [{ route, slots }] : [];
    })
    .sort((a, b) => literalsOf(b.route.pattern) - literalsOf(a.route.pattern));
  const best = found[0];
  if (!best) throw new Problem(404, `No static resource ${segments.join('/')}.`);
  const samePath = found.filter(({ route }) => literalsOf(route.pattern) === literalsOf(best.route.pattern));
  const chosen =
    samePath.find(({ route }) => route.method === method) ?? found.find(({ route }) => route.method === method);
  if (!chosen) {
    const allowed = [...new Set(found.map(({ route }) => route.method))].join(', ');
    throw new Problem(405, `Method '${method}' is not supported.`, { allow: allowed });
  }
  for (const part of chosen.route.pattern.split('/')) {
    const name = /^:(\w+)#$/.exec(part)?.[1];
    if (name && !/^-?\d+$/.test(chosen.slots[name] ?? '')) {
      const parameter = javaParameters[name] ?? name;
      throw new Problem(400, `Failed to convert '${parameter}' with value: '${chosen.slots[name]}'`);
    }
  }
  return chosen;
}

/** Numbered slots that the server itself calls otherwise. */
const javaParameters: Record<string, string> = { instanceId: 'workflowInstanceId', runId: 'workflowRunId' };

const literalsOf = (pattern: string) =>
  pattern.split('/').filter((part) => part !== '' && !part.startsWith(':')).length;

function slotsOf(pattern: string, segments: string[]): Record<string, string> | undefined {
  const parts = pattern.split('/').filter((part) => part !== '');
  if (parts.length !== segments.length) return undefined;
  const slots: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? '';
    if (!part.startsWith(':')) {
      if (part !== segment) return undefined;
      continue;
    }
    const text = decode(segment);
    if (text === undefined) return undefined;
    slots[part.slice(1).replace('#', '')] = text;
  }
  return slots;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
