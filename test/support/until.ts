import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for something real (a process, a socket) to come true; looks every `everyMs` and gives up after `withinMs`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  {
    withinMs = 10_000,
    everyMs = 5,
    what = 'the condition',
  }: { withinMs?: number; everyMs?: number; what?: string } = {},
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what} did not come true within ${withinMs} ms`);
    await sleep(everyMs);
  }
}
