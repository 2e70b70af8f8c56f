/**
 * Why something could not be done: a closed list. `retry` says whether trying the same again later can help; nobody decides that at the call.
 * `say` is for people; `{where}` is the name of the other side.
 */
export const failureKinds = {
  'not-found': { retry: false, say: 'I could not find that in {where}.' },
  'not-allowed': { retry: false, say: '{where} does not let me do that with the rights I have.' },
  rejected: { retry: false, say: '{where} refused the request.' },
  'rate-limited': { retry: true, say: '{where} asked us to slow down.' },
  busy: { retry: true, say: '{where} cannot do that just now.' },
  unavailable: { retry: true, say: '{where} did not answer.' },
  'bad-response': { retry: false, say: '{where} answered in a form I do not know.' },
  unsure: { retry: false, say: 'I asked {where}, but do not know whether it took effect.' },
} as const satisfies Record<string, { retry: boolean; say: string }>;

export type FailureKind = keyof typeof failureKinds;

/** Thrown by the edges (orchestrators, Slack). Anything else that surfaces is a bug of ours. */
export class Failure extends Error {
  /** What the other side said, one line, without secrets. */
  readonly detail?: string;
  /** What the other side asked us to wait, in ms. */
  readonly retryAfterMs?: number;
  /** The status of its answer, where it gave one over HTTP. For adapters: what a product means by one is nobody else's business. */
  readonly status?: number;

  constructor(
    readonly kind: FailureKind,
    readonly where: string,
    options: { detail?: string; retryAfterMs?: number; status?: number; cause?: unknown } = {},
  ) {
    super(`${kind}: ${where}${options.detail ? `: ${options.detail}` : ''}`, { cause: options.cause });
    this.name = 'Failure';
    this.detail = options.detail;
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
  }
}

/** The sentence for a person, with the other side's own words behind it where there are any. */
export function sayFailure(failure: Failure): string {
  const sentence = failureKinds[failure.kind].say.replace('{where}', failure.where);
  return failure.detail ? `${sentence} It said: ${failure.detail}` : sentence;
}
