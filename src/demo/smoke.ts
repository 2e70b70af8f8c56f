import type { Workspace } from '../workspace';
import type { StandIn } from './stand-in';

type Message = ReturnType<Workspace['state']['messages']>[number];

/** The pipeline of the main job: its first run fails since what it reads comes late, so that a retry mends it. */
const pipeline = 'orders_daily';
const channel = 'C0ORDERS';
const person = 'U0DANA';

const failureWithinMs = 30_000;
const answerWithinMs = 5_000;
const recoveryWithinMs = 60_000;

/** Goes through the main job as a person would, and rejects when something is not seen in time. */
export async function driveMainJob(deps: {
  workspace: Workspace;
  standIn: StandIn;
  say(step: string): void;
}): Promise<void> {
  const { workspace, standIn, say } = deps;
  const { state } = workspace;
  const dana = workspace.as(person);
  const parent = () => state.messages(channel).find(({ text }) => text.includes(pipeline));
  const replies = (): Message[] => {
    const found = parent();
    return found ? state.thread(channel, found.ts).slice(1) : [];
  };
  const actions = () => JSON.stringify(parent()?.blocks ?? []);

  const failed = await workspace.until(
    () => (/Failed/.test(parent()?.text ?? '') ? parent() : undefined),
    failureWithinMs,
    'an alert that says Failed',
  );
  say(`A run failed and one alert stands in #orders-data: ${failed.text}`);
  await workspace.until(() => actions().includes('show-log.v1'), answerWithinMs, 'the button "Show log"');

  const status = await dana.command(channel, '/pipeline', 'status');
  if (status.error) throw new Error(`/pipeline status answered ${status.error}`);
  await workspace.until(
    () => status.responses.some((each) => JSON.stringify(each).includes(pipeline)),
    answerWithinMs,
    'an answer to /pipeline status',
  );
  say('/pipeline status tells the health of the channel’s pipelines.');

  await dana.press(channel, failed.ts, 'show-log.v1');
  await workspace.until(
    () => replies().some(({ text }) => /log/i.test(text)),
    15_000,
    'the end of the log in the thread',
  );
  say('Show log: the end of the failed step’s log is in the thread.');

  await mendUpstream(standIn);
  const requestsBefore = restarts(standIn);
  await dana.press(channel, failed.ts, 'retry-run.v1', { times: 2 });
  const retrying = await workspace.until(
    () => (/Retrying/.test(parent()?.text ?? '') && !actions().includes('retry-run.v1') ? parent() : undefined),
    answerWithinMs,
    '"Retrying" with the button gone',
  );
  say(`Retry pressed twice: ${retrying.text}`);

  const recovered = await workspace.until(
    () => (/Recovered/.test(parent()?.text ?? '') ? parent() : undefined),
    recoveryWithinMs,
    'an alert that says Recovered',
  );
  say(`The run succeeded: ${recovered.text}`);

  const started = restarts(standIn) - requestsBefore;
  if (started !== 1) throw new Error(`a double press asked for ${started} restarts`);
  const alerts = state.messages(channel).filter(({ text }) => text.includes(pipeline));
  if (alerts.length !== 1) throw new Error(`${alerts.length} alerts stand in the channel for one failure`);
  if (!state.past(channel, recovered.ts).some(({ text }) => /Retrying/.test(text)))
    throw new Error('the alert never showed its progress');
  say('One restart for the double press, one alert for the failure.');
}

/** What the failed run waits for: the import that creates its table. */
async function mendUpstream(standIn: StandIn): Promise<void> {
  const { instanceId } = await standIn.startRun('raw_orders_import');
  await standIn.waitFor('raw_orders_import', instanceId, (instance) => instance.status === 'SUCCEEDED');
}

function restarts(standIn: StandIn): number {
  return standIn.requests.filter(
    ({ method, path }) => method === 'POST' && path.includes(pipeline) && path.endsWith('/actions/restart'),
  ).length;
}
