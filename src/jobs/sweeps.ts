/**
 * Runs `sweep` again and again, first at once, then about every `everyMs` after the last one ended, a tenth more or less so that
 * replicas do not march in step. A timer of this process: it needs no store, so it survives one that is gone or was emptied.
 *
 * @returns what ends it, once a sweep under way is done.
 */
export function startSweep(everyMs: number, sweep: () => Promise<void>): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let running = run();

  async function run(): Promise<void> {
    await sweep();
    if (ended) return;
    timer = setTimeout(
      () => {
        running = run();
      },
      everyMs * (0.9 + Math.random() * 0.2),
    );
  }

  return async () => {
    ended = true;
    clearTimeout(timer);
    await running;
  };
}
