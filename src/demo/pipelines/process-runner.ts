import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../lib/logger';
import type { StepContext, StepResult, StepRunner } from '../stand-in/options';

export interface ProcessRunnerDeps {
  /** What the programs are told besides their parameters. Nothing else of our own environment reaches them. */
  environment(): Record<string, string>;
  /** Where they run. */
  directory(): string;
  log: Logger;
}

const programs = join(__dirname, 'steps');
/** Between the polite signal and the other one, in milliseconds. */
const killAfterMs = 2_000;
/** More than Maestro keeps of a log, so that its cut is what shows. */
const mostOutputBytes = 262_144;

/** Runs `node [options] program.mjs`, as the step's `kubernetes` parameter says, with the parameters as environment. */
export function createProcessRunner({ environment, directory, log }: ProcessRunnerDeps): StepRunner {
  return (context) =>
    new Promise<StepResult>((resolve, reject) => {
      const [command, ...words] = argumentsOf(context);
      if (command !== 'node') {
        return reject(new Error(`the image has no program [${command ?? ''}]`));
      }
      const child = spawn(
        process.execPath,
        words.map((word) => (word.endsWith('.mjs') ? join(programs, word) : word)),
        {
          cwd: directory(),
          env: { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1', ...parametersOf(context), ...environment() },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      let output = '';
      const keep = (chunk: string) => {
        output = (output + chunk).slice(-mostOutputBytes);
      };
      child.stdout.setEncoding('utf8').on('data', keep);
      child.stderr.setEncoding('utf8').on('data', keep);

      let killer: NodeJS.Timeout | undefined;
      const end = () => {
        child.kill('SIGTERM');
        killer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      };
      context.signal.addEventListener('abort', end);
      if (context.signal.aborted) end();
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(killer);
        context.signal.removeEventListener('abort', end);
        const exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
        log.debug({ workflow: context.workflowId, step: context.stepId, exitCode }, 'pipeline.step-ended');
        resolve({ exitCode, output });
      });
    });
}

function argumentsOf({ params }: StepContext): string[] {
  const kubernetes = params.kubernetes;
  if (typeof kubernetes !== 'object' || kubernetes === null || !('command' in kubernetes)) return [];
  const { command } = kubernetes;
  const args = 'args' in kubernetes && Array.isArray(kubernetes.args) ? kubernetes.args : [];
  return [...(Array.isArray(command) ? command : []), ...args].map(String);
}

/** Plain values become variables of the same name. */
function parametersOf(context: StepContext): Record<string, string> {
  const plain = Object.entries(context.params).flatMap(([name, value]): [string, string][] =>
    typeof value === 'object' || value === undefined ? [] : [[name.toUpperCase(), String(value)]],
  );
  return {
    ...Object.fromEntries(plain),
    WORKFLOW_ID: context.workflowId,
    INSTANCE_ID: String(context.instanceId),
    RUN_ID: String(context.runId),
    STEP_ID: context.stepId,
    ATTEMPT: String(context.attempt),
    POD_NAME: context.jobId,
  };
}
