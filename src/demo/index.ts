/**
 * The far ends of the demo: a Slack workspace in the browser and an orchestrator whose pipelines really run and fail.
 * In: a database for the pipelines' warehouse and the port where Pitcrew will listen. Out: what Pitcrew needs to find them.
 */
import { randomBytes } from 'node:crypto';
import type { DemoWorld, DemoWorldOptions } from '../lib/demo-world';
import { createWorkspace, type Workspace } from '../workspace';
import { botEvents, botScopes, botShortcuts } from './bot-scopes';
import { app, channels, people, userGroups } from './people';
import { createDemoPipelines } from './pipelines';
import { demoCatalogue, demoSettings } from './settings';
import { driveMainJob } from './smoke';
import { createStandIn } from './stand-in';

export async function startWorld(options: DemoWorldOptions): Promise<DemoWorld> {
  const { databaseUrl, pitcrewPort, pagePort, log } = options;
  // Where the orchestrator's events go, and what proves that they are its own: made anew at every start, kept nowhere.
  const ingestToken = randomBytes(18).toString('base64url');
  const pipelines = createDemoPipelines({ databaseUrl, log });
  const schedule = pipelines.schedule ?? [];
  const standIn = createStandIn({
    databaseUrl,
    log,
    pipelines: { ...pipelines, schedule: [] },
    events: [{ url: `http://127.0.0.1:${pitcrewPort}/ingest/maestro`, token: ingestToken, form: 'raw' }],
  });
  const { url: maestroUrl } = await standIn.start();
  const { workspace, url: pageUrl, apiUrl } = await startWorkspace(pagePort, log);
  const timers: NodeJS.Timeout[] = [];

  return {
    pageUrl,
    env: {
      SLACK_BOT_TOKEN: app.botToken,
      SLACK_APP_TOKEN: app.appToken,
      SLACK_API_URL: apiUrl,
      PITCREW_INGEST_TOKEN: ingestToken,
    },
    files: { 'pitcrew.yaml': demoSettings(maestroUrl), 'catalogue.yaml': demoCatalogue },
    driveMainJob: (say) => driveMainJob({ workspace, standIn, say }),

    async begin() {
      const start = (workflowId: string) =>
        standIn.startRun(workflowId).catch((error) => log.warn({ err: error, workflowId }, 'demo.not-started'));
      for (const { workflowId, firstAfterMs, everyMs } of schedule) {
        timers.push(
          setTimeout(() => {
            start(workflowId);
            timers.push(setInterval(() => start(workflowId), everyMs));
          }, firstAfterMs),
        );
      }
    },

    async stop() {
      for (const timer of timers) clearTimeout(timer);
      await standIn.stop();
      await workspace.stop();
    },
  };
}

/** On the asked port, so that a bookmark lives on; on a free one if it is taken. */
async function startWorkspace(
  port: number,
  log: DemoWorldOptions['log'],
): Promise<{ workspace: Workspace; url: string; apiUrl: string }> {
  const build = (at: number) =>
    createWorkspace({
      port: at,
      team: { id: 'T0SHOP', domain: 'shop', name: 'Shop' },
      apps: [
        {
          ...app,
          scopes: botScopes(),
          commands: ['/pipeline', '/support'],
          commandHints: {
            '/pipeline': {
              description: 'See how pipelines are, why they failed, and retry them',
              usage: 'status [pipeline] | help',
            },
            '/support': {
              description: 'Ask the data team for help, and see what became of it',
              usage: '[your question] | mine | queue | overdue | help',
            },
          },
          escapeCommands: true,
          botEvents: botEvents(),
          shortcuts: botShortcuts(),
        },
      ],
      people,
      channels,
      userGroups,
      log,
    });
  const workspace = build(port);
  try {
    return { workspace, ...(await workspace.start()) };
  } catch (error) {
    if (port === 0 || !(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    const elsewhere = build(0);
    return { workspace: elsewhere, ...(await elsewhere.start()) };
  }
}
