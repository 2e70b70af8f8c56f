import { setTimeout as sleep } from 'node:timers/promises';
import { createStandIn, defineWorkflow, scriptedRunner } from '../../src/demo/stand-in';
import { untilSettled } from '../../test/support/oracle';
import type { RowInput, RowOutcome } from './row';
import { openStage } from './stage';

const channels = 6;
/** Those that fail in each round, one a channel: a pipeline that failed again and again would be told as flapping. */
const rounds = [...'abcdefgh'].map((round) => [...'abcdef'].map((channel) => `orders_${round}_of_${channel}`));
const pipelines = rounds.flat();

/**
 * Runs fail at the orchestrator; a person presses Retry on each alert, twice, with every delivery coming twice; Pitcrew is killed at
 * some moment. Each retry must reach the orchestrator as one wish, and its alert must end as recovered.
 */
export async function pressRow({ program, random }: RowInput): Promise<RowOutcome> {
  const standIn = createStandIn({
    pipelines: pipelines.map((id) => defineWorkflow({ id, steps: ['load'], owner: 'team' })),
    runner: scriptedRunner({
      load: async ({ runId, workflowId }) => {
        await sleep(200 + 300 * runId);
        // Each has a cause of its own: of one over all of them the alerts would offer to retry all.
        return runId === 1
          ? { exitCode: 1, output: `psycopg2.errors.UndefinedTable: relation "${workflowId}_raw" does not exist` }
          : { exitCode: 0 };
      },
    }),
  });
  const { url } = await standIn.start();
  const stage = await openStage({
    program,
    random,
    teams: channels,
    settings: [
      'orchestrators:',
      `  - { name: prod, kind: maestro, url: "${url}", poll: { everySeconds: 1, pipelines: [${pipelines.join(', ')}] } }`,
      'routes:',
      ...[...'abcdef'].map(
        (channel, index) => `  - { match: { pipeline: "*_of_${channel}" }, channel: "#team-${index}" }`,
      ),
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
  const hasOnlyFailed = (index: number) => /^🔴 Failed/.test(alertOf(index)?.text ?? '');
  try {
    for (const [round, failing] of rounds.entries()) {
      await stage.allUp();
      await Promise.all(failing.map((id) => standIn.startRun(id)));
      await Promise.all(
        failing.map((id, index) =>
          workspace.until(
            () => alertOf(index)?.text.startsWith(`🔴 Failed: ${id} `) === true,
            60_000,
            `the alert of ${id}`,
          ),
        ),
      );
      workspace.faults.duplicateDeliveries(true);
      const killing = sleep(random() * 1_500).then(() => stage.killReplica());
      await Promise.all(
        failing.map(async (_, index) => {
          // As a person does who sees that nothing happens, or is asked to try again: pressed again until it is taken.
          for (let again = 0; ; again += 1) {
            await sleep(random() * 400);
            const result = await workspace
              .as('U0DANA')
              .press(stage.channelOf(index), alertOf(index)?.ts ?? '', 'retry-run.v1', { times: 2 })
              .catch((error) => {
                if (hasOnlyFailed(index)) throw error;
                return undefined;
              });
            if (!result) break; // the button is gone, and the alert says more than that it failed: it is taken
            pressed += 1;
            if (result.all.some(({ acked }) => acked)) {
              const isAskedAgain = () =>
                result.all.some(({ responses }) => responses.some(({ text }) => /try again/i.test(String(text))));
              await workspace.until(() => !hasOnlyFailed(index) || isAskedAgain(), 60_000, `an answer to the press`);
              if (!hasOnlyFailed(index)) break;
            }
            lost += 1;
            await stage.allUp();
            if (again > 20) throw new Error('nobody takes a press');
          }
        }),
      );
      await killing;
      workspace.faults.duplicateDeliveries(false);
      await Promise.all(
        failing.map((id, index) =>
          workspace
            .until(
              () => /^🟢 Recovered/.test(alertOf(index)?.text ?? ''),
              90_000,
              `"Recovered" of ${id}, round ${round + 1}`,
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
    const wanted = pipelines.length;
    if (wishes.size !== wanted)
      faults.push(`${wanted} retries were pressed, the orchestrator was asked for ${wishes.size}`);
    for (const id of pipelines) {
      const run = await standIn.waitFor(id, 1, () => true);
      if (run.workflow_run_id !== 2 || run.status !== 'SUCCEEDED')
        faults.push(`${id} ended as ${run.status} in run ${run.workflow_run_id}`);
    }
    const done = await stage.db.query<{ state: string; count: number }>(
      'select state, count(*)::int as count from actions group by 1',
    );
    for (const { state, count } of done) if (state !== 'succeeded') faults.push(`${count} actions ended as ${state}`);
    const troubles = stage.troubles();
    return {
      faults: [...faults, ...Object.keys(troubles).filter((what) => /^replica/.test(what))],
      counts: {
        kills: rounds.length,
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
