import type { Place } from './keys';

/** Pages of Dagster's own, for people. */
export function createLinks(base: string) {
  const root = base.replace(/\/+$/, '');
  const part = encodeURIComponent;
  return {
    run: (run: string): string => `${root}/runs/${part(run)}`,
    pipeline(place: Place): string | undefined {
      if (place.kind === 'asset') return `${root}/assets/${place.path.map(part).join('/')}`;
      if (place.kind === 'assets') return undefined;
      return `${root}/locations/${part(`${place.repository}@${place.location}`)}/jobs/${part(place.job)}`;
    },
  };
}
export type Links = ReturnType<typeof createLinks>;
