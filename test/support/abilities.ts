import { type Abilities, type Ability, abilitiesOf } from '../../src/domain/ability';
import type { Orchestrator } from '../../src/orchestrators/orchestrator';
import { ableTo } from '../../src/orchestrators/registry';

export const only = (...able: Ability[]): Abilities => abilitiesOf(able, () => 'It has no such thing. Do it there.');

/** As the keys of its port have it. */
export const abilitiesIn = (orchestrator: Orchestrator | undefined): Abilities =>
  only(...(orchestrator ? ableTo(orchestrator) : []));
