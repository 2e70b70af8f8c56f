import type { Aims } from '../aims';
import type { ActionAbility, Call, Receipt } from '../orchestrator';
import type { Refusals } from '../refusals';
import type { Api } from './api';
import type { Names } from './names';
import type { NewRuns } from './new-runs';
import type { Partitions } from './partitions';
import type { Runs } from './runs';
import type { Transitions } from './transitions';

/** What every kind of change works with. */
export interface ChangeDeps {
  api: Api;
  runs: Runs;
  names: Names;
  partitions: Partitions;
  aims: Aims;
  refusals: Refusals;
  transitions: Transitions;
  newRuns: NewRuns;
}

export type Ability = ActionAbility & { lookUp(call: Call): Promise<Receipt | undefined> };
