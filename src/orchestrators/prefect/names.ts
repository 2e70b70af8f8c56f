import { Failure } from '../../domain/failure';
import { orGone } from '../gone';
import type { Api } from './api';
import type { Deployment, FlowRun } from './schema';

const remembered = 5_000;

/** `orders/daily` for a deployment, `orders` for a flow that is run without one. Prefect allows no slash in a name. */
export function keyOf(flow: string, deployment?: string): string {
  return deployment === undefined ? flow : `${flow}/${deployment}`;
}

/** Names of flows and deployments, which stay as they are, by their ids. */
export function createNames(api: Api) {
  const flows = new Map<string, Promise<string>>();
  const deployments = new Map<string, Promise<string | undefined>>();

  function recall<T>(known: Map<string, Promise<T>>, id: string, read: () => Promise<T>): Promise<T> {
    const held = known.get(id);
    if (held) return held;
    if (known.size >= remembered) known.clear();
    const reading = read();
    known.set(id, reading);
    reading.catch(() => known.delete(id));
    return reading;
  }

  const flowName = (id: string) => recall(flows, id, async () => (await api.flow(id)).name);
  /** Undefined for a deployment that was deleted. */
  const deploymentName = (id: string) => recall(deployments, id, async () => (await orGone(api.deployment(id)))?.name);

  return {
    async ofRun({ flow_id, deployment_id }: Pick<FlowRun, 'flow_id' | 'deployment_id'>): Promise<string> {
      const [flow, deployment] = await Promise.all([
        flowName(flow_id),
        deployment_id ? deploymentName(deployment_id) : undefined,
      ]);
      return keyOf(flow, deployment);
    },
    async ofDeployment({ flow_id, name }: Deployment): Promise<string> {
      return keyOf(await flowName(flow_id), name);
    },
    /** @throws Failure `not-found` for a deployment that is not there, and for a key that is none of a deployment */
    async find(key: string): Promise<Deployment> {
      const [flow, deployment, ...others] = key.split('/');
      if (!flow || !deployment || others.length > 0)
        throw new Failure('not-found', api.where, {
          detail: `"${key}" is not the name of a deployment, such as orders/daily.`,
        });
      return api.deploymentNamed(flow, deployment);
    },
  };
}
export type Names = ReturnType<typeof createNames>;
