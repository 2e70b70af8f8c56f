import { Failure, type FailureKind, sayFailure } from '../domain/failure';
import type { Finding } from './orchestrator';

/** How to mend what is much the same with every product; an adapter words the others. */
const common = {
  busy: 'Try again in a while.',
  unavailable: 'Check `url`, the proxy variables, and that the server runs and can be reached from here.',
  'bad-response': 'Check `url`: something else answers there, such as a sign-in page.',
  unsure: 'Check that the server runs and can be reached from here.',
} as const;

/** Turns what an adapter's check threw into a line of `pitcrew doctor`. */
export function createFindings(own: Record<Exclude<FailureKind, keyof typeof common>, string>) {
  const fixes: Record<FailureKind, string> = { ...common, ...own };

  /** @throws what is no Failure */
  function fault(error: unknown): Finding {
    if (!(error instanceof Failure)) throw error;
    return { ok: false, say: sayFailure(error), fix: fixes[error.kind] };
  }

  async function finding(read: () => Promise<Finding>): Promise<Finding> {
    try {
      return await read();
    } catch (error) {
      return fault(error);
    }
  }

  return { fault, finding };
}
