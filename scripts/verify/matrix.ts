import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/lib/package-root';
import { faultsOf, judge, untilSettled } from '../../test/support/oracle';
import { planRuns, sendRuns } from '../../test/support/run-stream';
import { keepPackages } from './keep-packages';
import type { Row, RowInput, RowOutcome } from './row';
import { openStage, type StageOptions } from './stage';

/** The oldest that package.json allows, and the newest of each even line since. */
const nodeVersions = ['20.19.0', '22', '24'];
const pressWithinMs = 30_000;

const shapes: Pick<StageOptions, 'queue' | 'mode' | 'roles'>[] = (['postgres', 'redis'] as const).flatMap((queue) =>
  (['socket', 'http'] as const).flatMap((mode) => [
    { queue, mode, roles: ['all' as const] },
    { queue, mode, roles: ['web' as const, 'worker' as const] },
  ]),
);

/** Every way of running it that the papers promise: queue × way of Slack × roles, and each line of Node. */
export const matrix: Row[] = [
  ...shapes.map(
    (shape): Row => ({
      name: [shape.queue, shape.mode, ...(shape.roles ?? [])].join('-'),
      says: `queue in ${shape.queue}, Slack by ${shape.mode}, ${shape.roles?.join(' and ')}: a stream is told, a press is obeyed`,
      run: (input) => liveThrough(shape, input),
    }),
  ),
  ...nodeVersions.map(
    (version): Row => ({
      name: `node-${version}`,
      says: `the demo drives itself from failure to recovery on Node ${version}`,
      run: () => smoke(version),
    }),
  ),
];

async function liveThrough(shape: (typeof shapes)[number], { program, random }: RowInput): Promise<RowOutcome> {
  const stage = await openStage({ ...shape, program, random, teams: 5 });
  try {
    const runs = planRuns({ random, runs: 60, teams: 5, overMs: 8_000, paceMs: 4_000 });
    const sent = await sendRuns(runs, stage.target);
    const settled = await untilSettled(stage.db, 60_000);
    const verdict = await judge(stage.workspace, stage.db, runs, stage.channelOf);
    const faults = faultsOf(verdict);
    const open = runs.find(({ endsWell }) => !endsWell);
    const channel = stage.channelOf(open?.team ?? 0);
    const alerts = () => stage.workspace.state.messages(channel);
    const pressed = alerts().find(({ text }) => text.startsWith('🔴') && text.includes(open?.pipeline ?? ' '));
    if (pressed) {
      await stage.workspace.as('U0DANA').press(channel, pressed.ts, 'acknowledge.v1');
      const isObeyed = () => alerts().some(({ ts, text }) => ts === pressed.ts && !text.startsWith('🔴'));
      await stage.workspace.until(isObeyed, pressWithinMs, 'the acknowledged alert').catch((error) => {
        faults.push(String(error));
      });
    } else faults.push('no open alert to press');
    return {
      faults: [...faults, ...Object.keys(stage.troubles())],
      counts: { events: sent.events, settledSeconds: Number((settled.tookMs / 1_000).toFixed(1)) },
    };
  } finally {
    await stage.close();
  }
}

async function smoke(version: string): Promise<RowOutcome> {
  const node = installNode(version);
  const folder = mkdtempSync(join(tmpdir(), 'pitcrew-matrix-'));
  const demo = spawn(node, [join(packageRoot(__dirname), 'bin', 'pitcrew.js'), 'demo', '--smoke'], {
    env: { ...process.env, PITCREW_DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [demo.stdout, demo.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
    });
  const code = await new Promise<number | null>((resolve) => demo.on('close', resolve));
  rmSync(folder, { recursive: true, force: true });
  return { faults: code === 0 ? [] : [`ended with ${code}: ${said.slice(-400)}`], counts: { node: versionOf(node) } };
}

/** @throws {Skipped} where the registry cannot be reached */
function installNode(version: string): string {
  const kept = keepPackages(`node-${version}`, [`node@${version}`]);
  return join(kept, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

const versionOf = (node: string) => spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
