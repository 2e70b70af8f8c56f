import type { Target } from '../../domain/target';
import { orGone } from '../gone';
import type { Ability, ChangeDeps } from './change-deps';
import { type Place, placeOf } from './keys';
import { tagsOf } from './tags';

/** Launches a new run of a job, or of one asset. */
export function createStart({ api, aims, refusals, launches }: ChangeDeps): Ability {
  async function read(target: Target): Promise<Place> {
    const { key } = aims.pipeline(target);
    const place = placeOf(key);
    if (place?.kind === 'assets')
      throw refusals.no('Several assets were run together here, without a job. Start their job, or each asset.');
    const partitions = place && (await orGone(api.partitions(place)));
    if (!place || !partitions)
      throw refusals.no(`There is no pipeline ${key}. Look whether it was renamed or removed.`);
    if (partitions.length > 0)
      throw refusals.no(`${key} runs for one partition at a time. Backfill the partitions that you need instead.`);
    return place;
  }

  const configOf = (target: Target) => configFrom(target.kind === 'pipeline' ? (target.parameters ?? {}) : {});

  return {
    async plan(target) {
      await read(target);
      return [{ note: 'A new run, for no partition in particular.' }];
    },
    async perform(target, call) {
      const place = await read(target);
      return launches.run(call, () => api.launch(place, { config: configOf(target), tags: tagsOf(call) }, call.signal));
    },
    lookUp: launches.find,
  };
}

/** Parameters are named by their way through the run configuration: `ops.load.config.day`. */
export function configFrom(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const config: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(parameters)) {
    const parts = name.split('.');
    const last = parts.pop() ?? name;
    let place = config;
    for (const part of parts) {
      const below = place[part];
      const next: Record<string, unknown> = isGroup(below) ? below : Object.create(null);
      place[part] = next;
      place = next;
    }
    place[last] = value;
  }
  return config;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
