import { setTimeout as sleep } from 'node:timers/promises';
import { createStandIn, defineWorkflow, scriptedRunner } from '../../src/demo/stand-in';
import { untilSettled } from '../../test/support/oracle';
import type { RowInput, RowOutcome } from './row';
import { openStage } from './stage';

const rounds = 8;
const pipelines = Array.from({ length: 6 }, (_, index) => `orders_${'abcdef'[index]}`);

/**
 * Runs fail at the orchestrator; a person presses Retry on each alert, twice, with every delivery coming twice; Pitcrew is killed at
 * some moment. Each retry must reach the orchestrator as one wish, and its alert must end as recovered.
 */
export async function pressRow({ program, random }: RowInput): Promise<RowOutcome> {
  const standIn = createStandIn({
    pipelines: pipelines.map((id) => defineWorkflow({ id, steps: ['load'], owner: 'team' })),
    runner: scriptedRunner({
      load: async ({ runId }) => {
        await sleep(200 + 300 * runId);
        return runId === 1
          ? { exitCode: 1, output: 'psycopg2.errors.UndefinedTable: relation "raw" does not exist' }
          : { exitCode: 0 };
      },
    }),
  });
  const { url } = await standIn.start();
  const stage = await openStage({
    program,
    random,
    teams: pipelines.length,
    settings: [
      'orchestrators:',
      `  - { name: prod, kind: maestro, url: "${url}", poll: { everySeconds: 1, pipelines: [${pipelines.join(', ')}] } }`,
      'routes:',
      ...pipelines.map((id, index) => `  - { match: { pipeline: ${id} }, channel: "#team-${index}" }`),
    ],
  }).catch(async (error) => {
    await standIn.stop();
    throw error;
  });
  const { workspace } = stage;
  const faults: string[] = [];
  let pressed = 0;
  let lost = 0;
  const alertOf = (index: number) => workspace.state.messages(stage.channelOf(index)).at(-1);
  try {
    for (let round = 1; round <= rounds; round += 1) {
      await stage.allUp();
      await Promise.all(pipelines.map((id) => standIn.startRun(id)));
      await Promise.all(
        pipelines.map((id, index) =>
          workspace.until(() => /^🔴 Failed/.test(alertOf(index)?.text ?? ''), 60_000, `the alert of ${id}`),
        ),
      );
      workspace.faults.duplicateDeliveries(true);
      const killing = sleep(random() * 1_500).then(() => stage.killReplica());
      await Promise.all(
        pipelines.map(async (_, index) => {
          // As a person does who sees that nothing happens: pressed again until it is taken.
          for (let again = 0; ; again += 1) {
            await sleep(random() * 400);
            const result = await workspace
              .as('U0DANA')
              .press(stage.channelOf(index), alertOf(index)?.ts ?? '', 'retry-run.v1', { times: 2 })
              .catch(() => undefined);
            if (!result) break; // the button is gone: it is taken
            pressed += 1;
            if (result.all.some(({ acked }) => acked)) break;
            lost += 1;
            await stage.allUp();
            if (again > 20) throw new Error('nobody takes a press');
          }
        }),
      );
      await killing;
      workspace.faults.duplicateDeliveries(false);
      await Promise.all(
        pipelines.map((id, index) =>
          workspace
            .until(
              () => /^🟢 Recovered/.test(alertOf(index)?.text ?? ''),
              90_000,
              `"Recovered" of ${id}, round ${round}`,
            )
            .catch((error) => faults.push(error.message)),
        ),
      );
    }
    const settled = await untilSettled(stage.db, 60_000);
    faults.push(...settled.waiting.map((what) => `left over: ${what}`));
    const restarts = standIn.requests.filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/actions/restart'),
    );
    const wishes = new Set(restarts.map(({ body }) => (body as { request_id: string }).request_id));
    const wanted = rounds * pipelines.length;
    if (wishes.size !== wanted)
      faults.push(`${wanted} retries were pressed, the orchestrator was asked for ${wishes.size}`);
    for (const id of pipelines) {
      for (let instance = 1; instance <= rounds; instance += 1) {
        const run = await standIn.waitFor(id, instance, () => true);
        if (run.workflow_run_id !== 2 || run.status !== 'SUCCEEDED') {
          faults.push(`${id} ${instance} ended as ${run.status} in run ${run.workflow_run_id}`);
        }
      }
    }
    const done = await stage.db.query<{ state: string; count: number }>(
      'select state, count(*)::int as count from actions group by 1',
    );
    for (const { state, count } of done) if (state !== 'succeeded') faults.push(`${count} actions ended as ${state}`);
    const troubles = stage.troubles();
    return {
      faults: [...faults, ...Object.keys(troubles).filter((what) => /^replica/.test(what))],
      counts: {
        kills: rounds,
        retries: wanted,
        presses: 2 * pressed,
        notTaken: lost,
        calls: restarts.length,
        ...(Object.keys(troubles).length > 0 ? { logged: troubles } : {}),
      },
    };
  } finally {
    await stage.close();
    await standIn.stop();
  }
}
