import type { Aims } from '../aims';
import type { ActionAbility, Call, Receipt } from '../orchestrator';
import type { Refusals } from '../refusals';
import type { Api } from './api';
import type { Days } from './days';
import type { Marks } from './marks';
import type { Runs } from './runs';

/** What every kind of change works with. */
export interface ChangeDeps {
  api: Api;
  connection: string;
  runs: Runs;
  days: Days;
  aims: Aims;
  refusals: Refusals;
  marks: Marks;
}

export type Ability = ActionAbility & { lookUp(call: Call): Promise<Receipt | undefined> };
