/** Every path of Maestro's API that this server speaks. In come calls, out go answers or refusals. */
import type { Route } from '../router';
import { createInstanceRoutes, type InstanceRouteDeps } from './instance-routes';
import { createSignalRoutes } from './signal-routes';
import { createStepRoutes, type StepRouteDeps } from './step-routes';
import { createWorkflowRoutes, type WorkflowRouteDeps } from './workflow-routes';

export type RouteDeps = WorkflowRouteDeps &
  InstanceRouteDeps &
  StepRouteDeps &
  Parameters<typeof createSignalRoutes>[0];

export const createRoutes = (deps: RouteDeps): Route[] => [
  ...createWorkflowRoutes(deps),
  ...createInstanceRoutes(deps),
  ...createStepRoutes(deps),
  ...createSignalRoutes(deps),
  { method: 'GET', pattern: '/actuator/health', handle: () => ({ body: { status: 'UP' } }) },
];
