/**
 * Why something could not be done: a closed list. `retry` says whether trying the same again later can help; nobody decides that at the call.
 * `say` and `next`, what a person can do then, are for people; `{where}` is the name of the other side.
 */
export const failureKinds = {
  'not-found': {
    retry: false,
    say: 'I could not find that in {where}.',
    next: 'Please look there: it may have been renamed or removed.',
  },
  'not-allowed': {
    retry: false,
    say: '{where} does not let me do that with the rights I have.',
    next: 'Please do it there, or ask whoever runs Pitcrew for the right.',
  },
  rejected: {
    retry: false,
    say: '{where} refused the request.',
    next: 'Please look there for what stands in the way.',
  },
  'rate-limited': { retry: true, say: '{where} asked us to slow down.', next: 'Please try again in a few minutes.' },
  busy: { retry: true, say: '{where} cannot do that just now.', next: 'Please try again when that is over.' },
  unavailable: { retry: true, say: '{where} did not answer.', next: 'Please try again in a few minutes.' },
  'bad-response': {
    retry: false,
    say: '{where} answered in a form I do not know.',
    next: 'Please do it there, and tell whoever runs Pitcrew.',
  },
  unsure: {
    retry: false,
    say: 'I asked {where}, but do not know whether it took effect.',
    next: 'Please look there before you try again.',
  },
} as const satisfies Record<string, { retry: boolean; say: string; next: string }>;

export type FailureKind = keyof typeof failureKinds;

/** Thrown by the edges (orchestrators, Slack). Anything else that surfaces is a bug of ours. */
export class Failure extends Error {
  /** What the other side said, one line, without secrets. */
  readonly detail?: string;
  /** What the other side asked us to wait, in ms. */
  readonly retryAfterMs?: number;
  /** Our own words, which say what to do instead. */
  readonly isOurs: boolean;
  /** The status of its answer, where it gave one over HTTP. For adapters: what a product means by one is nobody else's business. */
  readonly status?: number;

  constructor(
    readonly kind: FailureKind,
    readonly where: string,
    options: { detail?: string; isOurs?: boolean; retryAfterMs?: number; status?: number; cause?: unknown } = {},
  ) {
    super(`${kind}: ${where}${options.detail ? `: ${options.detail}` : ''}`, { cause: options.cause });
    this.name = 'Failure';
    this.detail = options.detail;
    this.isOurs = options.isOurs ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
  }
}

/** The sentence for a person, with the other side's own words behind it where there are any. */
export function sayFailure(failure: Failure): string {
  if (failure.isOurs && failure.detail) return failure.detail;
  const sentence = failureKinds[failure.kind].say.replace('{where}', failure.where);
  return failure.detail ? `${sentence} It said: ${failure.detail}` : sentence;
}

/** The same, and what the person can do now. */
export function sayWithNext(failure: Failure): string {
  const said = sayFailure(failure);
  if (failure.isOurs) return said;
  return `${/[.!?]$/.test(said) ? said : `${said}.`} ${failureKinds[failure.kind].next.replace('{where}', failure.where)}`;
}
