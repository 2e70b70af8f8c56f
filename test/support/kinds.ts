import type { Bench } from '../contracts/orchestrator';
import { openBench as openAirflow } from '../orchestrators/airflow/bench';
import { openBench as openDagster } from '../orchestrators/dagster/bench';
import { openBench as openDbt } from '../orchestrators/dbt/bench';
import { openBench as openGenericHttp } from '../orchestrators/generic-http/bench';
import { openBench as openMaestro } from '../orchestrators/maestro/bench';
import { openBench as openPrefect } from '../orchestrators/prefect/bench';

/** A bench for each kind of orchestrator, by its id. */
export const benches: Record<string, () => Promise<Bench>> = {
  airflow: () => openAirflow(3),
  dagster: openDagster,
  dbt: openDbt,
  'generic-http': openGenericHttp,
  maestro: openMaestro,
  prefect: openPrefect,
};
