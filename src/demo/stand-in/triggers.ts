import type { Logger } from '../../lib/logger';
import type { Catalogue } from './catalogue';
import type { Initiator } from './run-state';
import { matches, type Signal, type Signals } from './signals';
import type { Starts } from './starts';

export interface TriggerDeps {
  catalogue: Catalogue;
  signals: Signals;
  newUuid(): string;
  start: Starts['start'];
  log: Logger;
}

/** Starts active workflows once all signals that one of their triggers names have come. */
export function startTriggers({ catalogue, signals, newUuid, start, log }: TriggerDeps): void {
  const collected = new Map<string, Map<string, number>>();
  signals.listen((signal: Signal) => {
    for (const record of catalogue.all()) {
      const version = record.versions.find((candidate) => candidate.id === record.activeVersionId);
      if (!version || record.snapshot.signal_trigger_disabled) continue;
      (version.workflow.signal_triggers ?? []).forEach((trigger, index) => {
        const definition = trigger.definitions[signal.name];
        if (!definition || !matches(signal, definition.match_params ?? {})) return;
        const uuid = version.triggerUuids.signal[index] ?? newUuid();
        const have = (collected.get(uuid) ?? new Map<string, number>()).set(signal.name, signal.seqId);
        collected.set(uuid, have);
        if (!Object.keys(trigger.definitions).every((name) => have.has(name))) return;
        collected.delete(uuid);
        const initiator: Initiator = {
          type: 'SIGNAL',
          depth: 0,
          fields: { trigger_uuid: uuid, signal_id_map: Object.fromEntries(have), params: {} },
        };
        try {
          start(record, version, { initiator, runParams: trigger.params });
        } catch (error) {
          log.warn({ err: error, workflow: record.id }, 'stand-in.trigger-refused');
        }
      });
    }
  });
}
