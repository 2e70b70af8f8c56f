import type { Parameters } from '../../domain/target';
import { orGone } from '../gone';
import type { Call, Receipt } from '../orchestrator';
import type { Refusals } from '../refusals';
import type { Api } from './api';
import type { Names } from './names';
import type { Runs } from './runs';
import type { Deployment } from './schema';
import { sayWho } from './words';

/** Makes runs of deployments, one for each key. */
export function createNewRuns(deps: { api: Api; names: Names; runs: Runs; refusals: Refusals }) {
  const { api, names, runs, refusals } = deps;

  return {
    async deployment(key: string): Promise<Deployment> {
      const found = await orGone(names.find(key));
      if (found) return found;
      throw refusals.no(`There is no deployment ${key}. Name one that is deployed, such as orders/daily.`);
    },

    /** @throws Failure `rejected` for parameters that the deployment does not take, or lacks */
    mustTake(key: string, deployment: Deployment, given: Readonly<Record<string, unknown>>): void {
      const { properties, required = [] } = deployment.parameter_openapi_schema ?? {};
      if (!properties || deployment.enforce_parameter_schema === false) return;
      const known = Object.keys(properties);
      const stray = Object.keys(given).find((name) => !known.includes(name));
      if (stray !== undefined)
        throw refusals.no(
          `${key} has no parameter ${stray}. Leave it out; it has ${known.length > 0 ? known.join(', ') : 'none'}.`,
        );
      const missing = required.filter(
        (name) => given[name] === undefined && deployment.parameters?.[name] === undefined,
      );
      if (missing.length > 0) throw refusals.no(`${key} needs ${missing.join(', ')}. Start it with a value for that.`);
    },

    /** @throws Failure `busy` where Prefect would throw one more run away instead of letting it wait */
    mustHaveRoom(key: string, { concurrency_options: options, global_concurrency_limit: limit }: Deployment): void {
      if (options?.collision_strategy !== 'CANCEL_NEW' || !limit || limit.active_slots < limit.limit) return;
      throw refusals.notYet(
        `${key} runs as often at once as it may (${limit.limit}), and Prefect would cancel one more instead of letting it wait. It is tried again when one has ended.`,
      );
    },

    /** What people should know before they start one. */
    warning: ({ status }: Deployment): string =>
      status === 'NOT_READY' ? ' No worker has asked for its runs lately, so that it waits until one does.' : '',

    async find({ idempotencyKey }: Call): Promise<Receipt | undefined> {
      const [run] = await api.runs({ idempotencyKey }, 0, 1);
      return run && { run: await runs.refOf(run), duplicate: true };
    },

    async make(
      { id }: Deployment,
      { parameters, tags = [] }: { parameters: Parameters | Record<string, unknown>; tags?: string[] },
      call: Call,
    ): Promise<Receipt> {
      const wish = { idempotencyKey: call.idempotencyKey, parameters, tags, message: sayWho(call) };
      return { run: await runs.refOf(await api.createRun(id, wish, call.signal)) };
    },
  };
}
export type NewRuns = ReturnType<typeof createNewRuns>;
