import type { Instance, StepInstance, TimelineEntry } from './schema';

/** Characters of error text that are kept: enough for a stack and the end of an output. */
const longestError = 6_000;
const outputLines = 40;
const longestBody = 2_000;

/** Why a step failed, in its own words: the server's error record, then the end of what the job wrote. Undefined if it left none. */
export function errorOf(step: StepInstance): string | undefined {
  const { artifacts } = step;
  const titus = artifacts?.maestro_titus;
  const parts = [
    detailsOf(step.timeline),
    httpError(step),
    tail(artifacts?.maestro_kubernetes?.execution_output),
    tail(titus?.titus_execution_error_output) ?? tail(titus?.titus_execution_output),
  ].filter((part) => part !== undefined);
  return clip(parts.join('\n')) ?? lastMessage(step.timeline);
}

/** Why a run failed when no step of it did: before its first step, or by its own limit of time. */
export function errorOfRun(instance: Instance): string | undefined {
  const said = detailsOf(instance.timeline);
  if (said) return clip(said);
  if (instance.status !== 'TIMED_OUT') return lastMessage(instance.timeline);
  const limit = instance.timeout_in_millis ? ` of ${sayDuration(instance.timeout_in_millis)}` : '';
  return `The run took longer than its limit${limit}.`;
}

/** The newest error record of a timeline, with its lines. */
function detailsOf(timeline: TimelineEntry[]): string | undefined {
  const details = timeline.filter((entry) => entry.type === 'DETAILS' && (entry.message || entry.errors?.length));
  const newest = details.reduce<TimelineEntry | undefined>(
    (last, entry) => (last && last.timestamp > entry.timestamp ? last : entry),
    undefined,
  );
  return newest && [newest.message, ...(newest.errors ?? [])].filter(Boolean).join('\n');
}

function httpError({ artifacts }: StepInstance): string | undefined {
  const http = artifacts?.maestro_http;
  if (!http || (http.status === 'SUCCESS' && (http.status_code ?? 0) < 400)) return undefined;
  const call = [http.request?.method, http.request?.url].filter(Boolean).join(' ');
  const body = http.body?.trim().slice(0, longestBody);
  return [`HTTP ${http.status_code ?? http.status ?? 'failed'}${call ? ` from ${call}` : ''}`, body]
    .filter(Boolean)
    .join('\n');
}

/** The newest warning or error that was logged, else the newest line. */
function lastMessage(timeline: TimelineEntry[]): string | undefined {
  const said = timeline.filter((entry) => entry.message).sort((a, b) => a.timestamp.getTime() - b.timestamp.getTime());
  const loud = said.filter((entry) => entry.level === 'ERROR' || entry.level === 'WARN');
  return clip((loud.at(-1) ?? said.at(-1))?.message ?? '');
}

function tail(output: string | null | undefined): string | undefined {
  const text = output?.trim();
  if (!text || text === 'n/a') return undefined;
  return text.split('\n').slice(-outputLines).join('\n');
}

function clip(text: string): string | undefined {
  if (text === '') return undefined;
  return text.length <= longestError ? text : `…${text.slice(-longestError)}`;
}

function sayDuration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 2) return `${Math.round(ms / 1_000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 6) / 10} h`;
}
