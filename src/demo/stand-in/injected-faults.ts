import type { CallMatch, FaultKind, FaultOptions } from './options';

export interface Armed {
  match: CallMatch;
  kind: FaultKind;
  options: FaultOptions;
  left: number;
}

/** Faults that a test puts in the way of the caller. */
export function createInjectedFaults() {
  let armed: Armed[] = [];
  const hits = ({ method, path }: CallMatch, calledMethod: string, calledPath: string) =>
    (method === undefined || method.toUpperCase() === calledMethod) &&
    (path === undefined || (typeof path === 'string' ? calledPath.includes(path) : path.test(calledPath)));
  return {
    next(match: CallMatch, kind: FaultKind, options: FaultOptions = {}): void {
      armed.push({ match, kind, options, left: options.times ?? 1 });
    },
    clear(): void {
      armed = [];
    },
    /** @returns the fault that this call meets, counted down */
    take(method: string, path: string): Armed | undefined {
      const found = armed.find(({ match }) => hits(match, method, path));
      if (!found) return undefined;
      found.left -= 1;
      if (found.left <= 0) armed = armed.filter((candidate) => candidate !== found);
      return found;
    },
  };
}
