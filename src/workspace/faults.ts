/** Faults that a test or the inspector can put in the way of the app. */
export type FaultKind = 'drop-answer' | 'delay' | '5xx' | '429' | 'close';

export interface FaultOptions {
  /** How many calls it hits. @default 1 */
  times?: number;
  /** For `delay`: real milliseconds before the answer. @default 1000 */
  delayMs?: number;
  /** For `429`. @default 1 */
  retryAfterSeconds?: number;
  /** For `5xx`. @default 503 */
  status?: number;
}

export interface CallMatch {
  /** Left out: any method. */
  method?: string;
  /** Only calls about this channel. */
  channel?: string;
}

interface Armed extends Required<FaultOptions> {
  match: CallMatch;
  kind: FaultKind | 'refuse';
  errorCode?: string;
}

export function createFaults(changed: () => void) {
  let armed: Armed[] = [];
  let twice = false;
  const arm = (match: CallMatch, kind: Armed['kind'], options: FaultOptions, errorCode?: string) => {
    armed.push({
      match,
      kind,
      times: options.times ?? 1,
      delayMs: options.delayMs ?? 1000,
      retryAfterSeconds: options.retryAfterSeconds ?? 1,
      status: options.status ?? 503,
      ...(errorCode ? { errorCode } : {}),
    });
    changed();
  };
  return {
    /**
     * The next matching calls meet this. `drop-answer`: the call takes effect, but the connection is cut before the answer.
     * `close`: cut before it takes effect. `delay`: takes effect, answered late. `5xx` and `429`: no effect.
     */
    next(match: CallMatch, kind: FaultKind, options: FaultOptions = {}): void {
      arm(match, kind, options);
    },
    /** The next matching calls are answered `ok: false` with this word. */
    refuse(errorCode: string, match: CallMatch = {}, options: Pick<FaultOptions, 'times'> = {}): void {
      arm(match, 'refuse', options, errorCode);
    },
    /** Every event, command and press is delivered twice while on. */
    duplicateDeliveries(on: boolean): void {
      twice = on;
      changed();
    },
    deliversTwice: () => twice,
    clear(): void {
      armed = [];
      twice = false;
      changed();
    },
    /** What still waits to happen. */
    list: () => armed.map(({ match, kind, times, errorCode }) => ({ match, kind, times, errorCode })),
    /** @returns the fault that this call meets, counted down. */
    take(method: string, channel: string | undefined): Armed | undefined {
      const found = armed.find(
        ({ match }) =>
          (match.method === undefined || match.method === method) &&
          (match.channel === undefined || match.channel === channel),
      );
      if (!found) return undefined;
      found.times -= 1;
      if (found.times <= 0) armed = armed.filter((candidate) => candidate !== found);
      changed();
      return found;
    },
  };
}

export type Faults = ReturnType<typeof createFaults>;
