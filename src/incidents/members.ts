/**
 * Owns the list behind a count: who is hit, in the channel in which it is asked for.
 * In: somebody's press. Out: the notice that lists them, and where they are more than a reply can name, a file with all.
 */
import { Failure } from '../domain/failure';
import type { Notice } from '../domain/notice';
import { fitting, listFile } from '../domain/pipeline-list';
import type { Clock } from '../lib/clock';
import type { Logger } from '../lib/logger';
import type { Tx } from '../store/db';
import * as incidentRows from '../store/incident-rows';
import * as planReads from '../store/plan-reads';

export interface MemberDeps {
  clock: Clock;
  log: Logger;
  canRetry(connection: string): boolean;
  /** Uploads a text file without showing it anywhere. @throws Failure */
  uploadFile(file: { name: string; title: string; content: string }): Promise<{ permalink?: string }>;
}

export function createMembers({ clock, log, canRetry, uploadFile }: MemberDeps) {
  /** The list is of use without the file too. */
  async function fileOf(rows: incidentRows.ShownMember[]): Promise<string | undefined> {
    try {
      return (await uploadFile(listFile(rows))).permalink;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      log.warn({ err: error }, 'members.list-not-taken');
      return undefined;
    }
  }

  return {
    /** @returns nothing where nobody is hit, since the incident is gone */
    async list(tx: Tx, asked: { incidentId: string; channel: string; by: string }): Promise<Notice | undefined> {
      const rows = await incidentRows.membersShown(tx, asked.incidentId, asked.channel);
      if (rows.length === 0) return undefined;
      const members = fitting(rows);
      const failed = await planReads.failedRuns(tx, asked.incidentId);
      const url = members.length < rows.length ? await fileOf(rows) : undefined;
      return {
        kind: 'members',
        at: clock.now(),
        by: asked.by,
        members: members.map(({ pipeline, partition, state }) => ({
          pipeline,
          partition,
          isOver: state !== 'failed' && state !== 'running',
        })),
        count: rows.length,
        retriable: failed.filter(({ connection }) => canRetry(connection)).length,
        ...(url === undefined ? {} : { url }),
      };
    },
  };
}

export type Members = ReturnType<typeof createMembers>;
