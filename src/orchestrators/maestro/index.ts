import { Failure } from '../../domain/failure';
import { parseJson } from '../answer';
import { type Connection, type Delivery, defineOrchestrator } from '../orchestrator';
import { createActions } from './actions';
import { createApi } from './api';
import { check } from './check';
import { discover } from './facts';
import { createLegality } from './legality';
import { readLineage } from './lineage';
import { createLinks } from './links';
import { readLog } from './log';
import { createNormalise, envelopeOf } from './normalise';
import { readRunsOf } from './partition-runs';
import { createPartitions } from './partitions';
import { createPoll } from './poll';
import { createRuns } from './runs';
import { MaestroSettings } from './settings';
import { verifySns } from './sns';
import { readVersions } from './versions';

/** Netflix Maestro, API v3. Our run is its workflow instance, our attempt the run of that instance: a restart is the next attempt. */
export const maestro = defineOrchestrator<MaestroSettings>({
  id: 'maestro',
  title: 'Maestro',
  settings: MaestroSettings,
  lacks: {},
  address: ({ url, headers }) => ({ baseUrl: url, headers }),
  connect: (given) => {
    const { name: connection, settings, http, log, clock, known, unknownWord } = given;
    const { url, user } = settings;
    const api = createApi(http);
    const links = createLinks(settings);
    const partitions = createPartitions(api, settings.partitionParam);
    const runs = createRuns({ api, connection, links, partitions, unknownWord });
    const versions = (pipeline: string) => readVersions(api, connection, pipeline);
    const configured = settings.poll?.pipelines ?? [];
    const pipelines = async () => [...new Set([...configured, ...((await known?.()) ?? [])])];
    const { actions, lookUp } = createActions({
      api,
      runs,
      legality: createLegality(api, clock),
      connection,
      user,
      partitionParam: settings.partitionParam,
    });

    return {
      normalise: createNormalise({ connection, where: http.where, links, unknownWord }),
      authenticate: createAuthenticate(given),
      fetchRun: runs.fetch,
      check: () => check({ api, baseUrl: url, user, pipelines }),
      discover: () => discover({ api, connection, links, pipelines }),
      poll: createPoll({ api, connection, user, links, partitions, log, unknownWord, pipelines, versions }),
      steps: runs.steps,
      openLog: (step) => readLog(api, step),
      runsOf: (pipeline, wanted) => readRunsOf({ api, runs, partitions }, pipeline, wanted),
      actions,
      progress: (receipt) => {
        if (!receipt.run) throw new Failure('not-found', http.where, { detail: 'The receipt names no run.' });
        return runs.progress(receipt.run);
      },
      lookUp,
      versions: ({ key }) => versions(key),
      lineage: () => readLineage({ api, connection, clock, pipelines }),
    };
  },
});

/**
 * A signature of Amazon SNS counts only for a topic that is named in `topicArn`: anybody with an Amazon account can have a topic of
 * their own signed. Certificates are read from Amazon SNS only, each once.
 */
function createAuthenticate({ settings, http, clock }: Connection<MaestroSettings>) {
  const certificates = new Map<string, Promise<string>>();

  function certificateAt(url: string): Promise<string> {
    const read = certificates.get(url) ?? http.outside(url, { deadlineMs: 5_000, maxBytes: 64 * 1024 });
    if (certificates.size >= 20) certificates.clear();
    certificates.set(url, read);
    read.catch(() => certificates.delete(url));
    return read;
  }

  return async (delivery: Delivery): Promise<'verified' | 'refused' | 'not-signed'> => {
    const envelope = envelopeOf(parseJson(delivery.body));
    if (!envelope?.Signature || settings.topicArn.length === 0) return 'not-signed';
    if (!settings.topicArn.includes(envelope.TopicArn)) return 'refused';
    return (await verifySns(envelope, certificateAt, clock.now())) ? 'verified' : 'refused';
  };
}
