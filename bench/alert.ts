/**
 * From an event's 2xx to its alert in Slack: 100 failing runs over 20 channels, one every 250 ms, against the strict local
 * workspace with Slack's own budgets. Limit: p95 <= 2 s (design.md).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { failedEvent, postEvents, startProduct, startSmallWorkspace } from '../test/support/product';
import { quantileOf, thisMachine, withBenchDatabase } from './lib/measure';

const runs = 100;
const everyMs = 250;
const limitMs = 2_000;

async function main(): Promise<void> {
  await withBenchDatabase(async (databaseUrl) => {
    const { workspace, slack, channels } = await startSmallWorkspace({ channels: 20 });
    const settings = [
      'routes:',
      ...channels.map(({ name }, index) => `  - { match: { pipeline: "p${index}_*" }, channel: "#${name}" }`),
    ].join('\n');
    const product = await startProduct({ databaseUrl, slack, settings });
    const seenAt = new Map<string, number>();
    workspace.onChange(() => {
      for (const { id } of channels) {
        for (const { text } of workspace.state.messages(id)) {
          const name = /p\d+_\d+/.exec(text)?.[0];
          if (name && !seenAt.has(name)) seenAt.set(name, performance.now());
        }
      }
    });
    const storedAt = new Map<string, number>();
    for (let index = 0; index < runs; index += 1) {
      const name = `p${index % channels.length}_${index}`;
      const response = await postEvents(product, [failedEvent(name)]);
      if (response.status !== 202) throw new Error(`the door answered ${response.status}`);
      storedAt.set(name, performance.now());
      await sleep(everyMs);
    }
    await workspace.until(() => seenAt.size === runs, 60_000, `${runs} alerts`);
    const delays = [...storedAt].map(([name, at]) => Math.max(0, (seenAt.get(name) ?? Number.POSITIVE_INFINITY) - at));
    const p95Ms = quantileOf(delays, 0.95);
    process.stdout.write(
      `${JSON.stringify({
        bench: 'alert',
        runs,
        channels: channels.length,
        p50Ms: quantileOf(delays, 0.5),
        p95Ms,
        maxMs: quantileOf(delays, 1),
        limitMs,
        ratioToLimit: Number((p95Ms / limitMs).toFixed(3)),
        machine: thisMachine(),
      })}\n`,
    );
    await product.stop();
    await workspace.stop();
  });
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
