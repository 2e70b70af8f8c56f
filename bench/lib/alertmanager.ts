import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cost, costOf, sumOf } from './process-cost';
import { errorOf, type Kind, type StormRow, type StormRun } from './storm-stream';
import type { Accepted } from './strict-sink';

const programs = ['prometheus-alertmanager', 'alertmanager'];
const startWithinMs = 10_000;

/** The program's name and version, where one is installed. */
export function findAlertmanager(): { program: string; version: string } | undefined {
  for (const program of programs) {
    const { status, stdout, stderr } = spawnSync(program, ['--version'], { encoding: 'utf8' });
    if (status === 0) return { program, version: /version (\d[\w.]*)/.exec(stdout + stderr)?.[1] ?? 'unknown' };
  }
  return undefined;
}

/** Prometheus Alertmanager beside us, on the same stream: one group a cause and channel, its Slack receiver at `apiUrl`. */
export async function startAlertmanager(options: {
  program: string;
  row: StormRow;
  apiUrl: string;
  channels: { id: string; name: string }[];
}) {
  const { program, row, apiUrl, channels } = options;
  const folder = mkdtempSync(join(tmpdir(), 'pitcrew-alertmanager-'));
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(config, configOf(row, apiUrl, channels));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const costs: Cost[] = [];
  let child: ChildProcess;

  async function start(): Promise<void> {
    const args = [
      `--config.file=${config}`,
      `--storage.path=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ];
    child = spawn(program, args, { stdio: 'ignore' });
    const deadline = performance.now() + startWithinMs;
    while (!(await fetch(`${url}/-/ready`).catch(() => undefined))?.ok) {
      if (performance.now() > deadline) throw new Error(`${program} was not up within ${startWithinMs} ms`);
      await sleep(50);
    }
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const cost = costOf(child.pid);
    if (cost) costs.push(cost);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  await start();
  return {
    /** Sent once, as most senders do. @returns whether it was taken */
    async send(runs: StormRun[], kind: Kind): Promise<boolean> {
      const now = Date.now();
      const alerts = runs.map((run) => ({
        labels: { alertname: 'PipelineFailed', pipeline: run.pipeline, team: `team-${run.team}`, cause: run.cause },
        annotations: { error: errorOf(run) },
        ...(kind === 'failed' ? { startsAt: new Date(now).toISOString() } : {}),
        endsAt: new Date(kind === 'failed' ? now + 3_600_000 : now).toISOString(),
      }));
      const response = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
        signal: AbortSignal.timeout(10_000),
      }).catch(() => undefined);
      return response?.ok ?? false;
    },
    async killAndStart(): Promise<void> {
      await end('SIGKILL');
      await start();
    },
    /** @returns what it took in all */
    async stop(): Promise<Cost> {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
      return sumOf(costs);
    },
  };
}

/** Who was told by its messages: each names its cause, and how many pipelines of its channel it hits. */
export function createRivalTally(runs: StormRun[]) {
  const members = new Map<string, number[]>();
  runs.forEach(({ cause, team }, index) => {
    const key = `C0TEAM${team} ${cause}`;
    members.set(key, [...(members.get(key) ?? []), index]);
  });
  const toldAt = new Map<number, number>();
  return {
    take({ channel, text, at }: Accepted): void {
      const [, cause = '', count = '0'] = /\b(src_[g-s]{4}_raw): (\d+) pipelines/.exec(text) ?? [];
      for (const index of (members.get(`${channel} ${cause}`) ?? []).slice(0, Number(count)))
        if (!toldAt.has(index)) toldAt.set(index, at);
    },
    toldAt: (index: number) => toldAt.get(index),
    groupsSilent: () => [...members.values()].filter((each) => !each.some((index) => toldAt.has(index))).length,
  };
}

function configOf(row: StormRow, apiUrl: string, channels: { id: string; name: string }[]): string {
  return [
    'route:',
    '  receiver: team-0',
    '  group_by: [cause]',
    '  group_wait: 30s',
    `  group_interval: ${row.groupInterval}s`,
    '  repeat_interval: 4h',
    '  routes:',
    ...channels.map(({ name }) => `    - { receiver: ${name}, matchers: ['team="${name}"'] }`),
    'receivers:',
    ...channels.flatMap(({ id, name }) => [
      `  - name: ${name}`,
      '    slack_configs:',
      `      - api_url: ${apiUrl}chat.postMessage`,
      `        channel: ${id}`,
      '        http_config: { authorization: { credentials: xoxb-bench } }',
      `        title: '{{ .CommonLabels.cause }}: {{ .Alerts | len }} pipelines'`,
      `        text: '{{ .CommonAnnotations.error }}{{ range .Alerts }} {{ .Labels.pipeline }}{{ end }}'`,
    ]),
  ].join('\n');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
