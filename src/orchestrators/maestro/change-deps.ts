import type { Aims } from '../aims';
import type { Refusals } from '../refusals';
import type { Api } from './api';
import type { Legality } from './legality';
import type { OwnRuns } from './own-runs';
import type { Runs } from './runs';

export interface ActionsDeps {
  api: Api;
  runs: Runs;
  legality: Legality;
  connection: string;
  /** Named as the caller when the call names nobody. */
  user: string;
  /** The parameter that says which part of the data a run is for. */
  partitionParam: string;
}

/** What every kind of change works with. */
export interface ChangeDeps extends ActionsDeps {
  own: OwnRuns;
  aims: Aims;
  refusals: Refusals;
}
