/**
 * Tells those whose pipelines wait for one that it is in trouble. In: a press. Out: one message in each channel where alerts of the
 * waiting pipelines go.
 */
import type { Actor } from '../domain/actor';
import type { Downstream } from '../domain/downstream';
import type { OwnersTold } from '../domain/impact';
import type { Notice } from '../domain/notice';
import { nameOf, type Pipeline, type PipelineRef } from '../domain/pipeline';
import type { PipelineStatus } from '../domain/pipeline-status';
import { routeFor, type Settings } from '../domain/settings';
import type { Clock } from '../lib/clock';
import type { Tx } from '../store/db';
import * as ownerRows from '../store/owner-rows';

export interface OwnersDeps {
  clock: Clock;
  settings(): Settings;
  downstream(refs: readonly PipelineRef[]): Promise<Downstream>;
  profile(ref: PipelineRef): Promise<Pipeline>;
  /** Of its open incident. */
  trouble(ref: PipelineRef): Promise<PipelineStatus['openIncident']>;
}

/** Told once, people have heard it for so long. */
const heardForMs = 60 * 60_000;
const namesShown = 20;

export function createOwners({ clock, settings, downstream, profile, trouble }: OwnersDeps) {
  return {
    async tell(tx: Tx, ref: PipelineRef, actor: Pick<Actor, 'slackId'>): Promise<OwnersTold> {
      const now = clock.now();
      const earlier = await ownerRows.lastTold(tx, ref, new Date(now.getTime() - heardForMs));
      if (earlier) return { kind: 'told-already', ...earlier };

      const { nodes } = await downstream([ref]);
      const waiting = new Map<string, string[]>();
      let count = 0;
      for (const { node, kind } of nodes) {
        if (kind !== 'pipeline') continue;
        const pipeline = await profile(refOf(node));
        const { channel } = routeFor(pipeline, settings());
        waiting.set(channel, [...(waiting.get(channel) ?? []), nameOf(pipeline)]);
        count += 1;
      }
      if (count === 0) return { kind: 'nobody-waits' };

      const known = await trouble(ref);
      const name = nameOf(await profile(ref));
      const notices = [...waiting].map(([channel, names]): { channel: string; notice: Notice } => ({
        channel,
        notice: {
          kind: 'owners-told',
          at: now,
          by: actor.slackId,
          connection: ref.connection,
          pipeline: ref.key,
          name,
          waiting: names.slice(0, namesShown),
          count: names.length,
          since: known?.since,
          cause: known?.causeLine,
          url: known?.permalink,
        },
      }));
      await ownerRows.addTold(tx, notices, now);
      return { kind: 'told', channels: [...waiting.keys()], count };
    },
  };
}

export type Owners = ReturnType<typeof createOwners>;

/** `pipeline:prod/orders_daily`; a key may hold further slashes. */
function refOf(node: string): PipelineRef {
  const path = node.slice('pipeline:'.length);
  const slash = path.indexOf('/');
  return { connection: path.slice(0, slash), key: path.slice(slash + 1) };
}
