import type { Clock } from '../lib/clock';

/** Failures in a row that open the circuit. */
const failuresToOpen = 5;
const firstPauseMs = 10_000;
const longestPauseMs = 60_000;

/**
 * Spares a server that does not answer. After five failures in a row calls fail at once for 10 s; then one call may try, for which
 * the others wait, and while that fails too the pause doubles, up to 60 s. One success closes the circuit.
 */
export function createCircuit(clock: Clock) {
  let failures = 0;
  let pauseMs = 0;
  let openUntilMs = 0;
  let probing = false;
  const tellOthers: (() => void)[] = [];

  function endProbe(): void {
    probing = false;
    for (const tell of tellOthers.splice(0)) tell();
  }

  return {
    /** Resolves when no call is trying for all, at once where none is, or when the signal is given. */
    whenTried(signal: AbortSignal): Promise<void> {
      if (!probing || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        tellOthers.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
    /** Milliseconds for which calls should not be tried; 0 = go ahead. While open, the first to ask after the pause is the one that may try. */
    blockedForMs(): number {
      if (pauseMs === 0) return 0;
      const leftMs = openUntilMs - clock.now().getTime();
      if (leftMs > 0) return leftMs;
      if (probing) return 1_000;
      probing = true;
      return 0;
    },
    succeeded(): void {
      failures = 0;
      pauseMs = 0;
      endProbe();
    },
    failed(): void {
      failures += 1;
      if (failures < failuresToOpen) return;
      const nowMs = clock.now().getTime();
      // Calls that were under way when it opened also come in here; they do not make the pause longer.
      if (pauseMs !== 0 && !probing && nowMs < openUntilMs) return;
      pauseMs = pauseMs === 0 ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs);
      openUntilMs = nowMs + pauseMs;
      endProbe();
    },
    /** The call ended without telling anything about the server (its caller gave up). */
    undecided(): void {
      endProbe();
    },
  };
}
