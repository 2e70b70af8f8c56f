import { randomUUID } from 'node:crypto';
import { type Actions, createActions } from '../../src/actions';
import type { Actor } from '../../src/domain/actor';
import { systemClock } from '../../src/lib/clock';
import { createLogger } from '../../src/lib/logger';
import { connectAll, kindOf } from '../../src/orchestrators/registry';
import { createRights } from '../../src/orchestrators/rights';
import type { Db } from '../../src/store/db';
import { savePerson } from '../../src/store/person-rows';

/** The use case of changes on a database and a Maestro, for one person who may do everything; nobody is told of anything. */
export async function openPlanning(
  db: Db,
  maestroUrl: string,
): Promise<{ actions: Actions; actor: Actor; close(): Promise<void> }> {
  const log = createLogger('silent');
  const entry = { name: 'prod', kind: 'maestro', settings: kindOf('maestro')?.check({ url: maestroUrl }).data };
  const connections = connectAll([entry], { log, clock: systemClock });
  const rights = createRights({
    connections: { get: (name) => connections.get(name), all: () => connections.values() },
    log,
  });
  const dana = { slackId: 'U0DANA', name: 'Dana', isGuest: false, isBot: false, isDeactivated: false };
  const actor = { ...(await savePerson(db, randomUUID(), dana, new Date(0))), teams: [], roles: [] };
  const nothing = async () => undefined;
  const actions = createActions({
    db,
    clock: systemClock,
    log,
    orchestrator: (name) => connections.get(name)?.orchestrator,
    abilitiesOf: rights.of,
    nameFor: (_connection, { email, name }) => email ?? name,
    actor: async () => actor,
    authorise: async () => ({ verdict: 'allow', reason: 'Here everybody may.', whoMay: 'everybody' }),
    mayApprove: async () => false,
    mayOperate: () => ({ may: false, whoMay: 'nobody' }),
    approvalUntil: (at) => at,
    profile: async (ref) => ({ ...ref, facts: {} }),
    downstream: async () => ({ nodes: [], edges: [], total: 0 }),
    platformChannel: () => undefined,
    messageUrl: () => '',
    uploadFile: async () => ({ fileId: 'F1' }),
    refresh: nothing,
    tell: nothing,
    wakeDecider: nothing,
    wake: nothing,
    wakeOutbox: nothing,
  });
  return {
    actions,
    actor,
    async close() {
      for (const each of connections.values()) await each.close();
    },
  };
}
