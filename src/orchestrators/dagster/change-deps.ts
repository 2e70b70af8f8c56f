import type { Aims } from '../aims';
import type { ActionAbility, Call, Receipt } from '../orchestrator';
import type { Refusals } from '../refusals';
import type { Api } from './api';
import type { Launches } from './launches';
import type { Runs } from './runs';

/** What every kind of change works with. */
export interface ChangeDeps {
  api: Api;
  runs: Runs;
  aims: Aims;
  refusals: Refusals;
  launches: Launches;
}

export type Ability = ActionAbility & { lookUp(call: Call): Promise<Receipt | undefined> };
