import { isCalendarDay } from '../../domain/settings-terms';
import type { Deployment, FlowRun } from './schema';

const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?$/;

/** Which part of the data a run is for: what it was given for a parameter that says so. A run without one is for none in particular. */
export function createPartitions(params: readonly string[]) {
  return {
    params,
    of({ parameters }: Pick<FlowRun, 'parameters'>): string | undefined {
      for (const param of params) {
        const value = parameters?.[param];
        if (typeof value === 'string' && value !== '') return value;
        if (typeof value === 'number') return String(value);
      }
      return undefined;
    },
    /** The parameter of this deployment; undefined where it has none of them. */
    paramOf: ({ parameter_openapi_schema: schema }: Pick<Deployment, 'parameter_openapi_schema'>) =>
      params.find((param) => schema?.properties?.[param] !== undefined),
  };
}
export type Partitions = ReturnType<typeof createPartitions>;

/** A day or a moment that the calendar has. */
export function isPartition(text: string): boolean {
  return (
    isCalendarDay(text) || (moment.test(text) && isCalendarDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)))
  );
}
