import { pipelineNode } from '../../domain/edge';
import type { ImpactAnswer } from '../../domain/impact';
import type { Plan } from '../../domain/plan';
import { pipelineOf } from '../../domain/target';
import type { Logger } from '../../lib/logger';
import type { SlackClient } from '../client';
import type { Picture } from './canvas';
import { drawDownstream } from './downstream';

/** Touched by one plan; with more of them nobody reads what hangs on which. */
const mostRoots = 6;

export interface PictureDeps {
  log: Logger;
  uploadFile: SlackClient['uploadFile'];
}

/** Draws what has gone through redaction already, and uploads it. Without a picture everything is still said in words, so nothing here throws. */
export function createPictures({ log, uploadFile }: PictureDeps) {
  async function upload(draw: () => Promise<Picture | undefined>) {
    try {
      const picture = await draw();
      if (!picture) return undefined;
      const { name, title, png, alt } = picture;
      const { fileId } = await uploadFile({ name, title, content: png, alt });
      return { fileId, alt };
    } catch (error) {
      log.warn({ err: error }, 'picture.not-shown');
      return undefined;
    }
  }

  return {
    /** Nothing where nothing is known to wait, or where more pipelines are touched than a picture can name. */
    plan({ items, downstream }: Pick<Plan, 'items' | 'downstream'>) {
      const touched = new Map(items.map(({ target }) => [pipelineNode(pipelineOf(target)), pipelineOf(target).key]));
      if (touched.size > mostRoots || downstream.nodes.length === 0) return Promise.resolve(undefined);
      const roots = [...touched].map(([node, name]) => ({ node, name }));
      return upload(() => drawDownstream(roots, downstream));
    },
    downstream: ({ pipeline, name, downstream }: Extract<ImpactAnswer, { kind: 'impact' }>) =>
      upload(() => drawDownstream([{ node: pipelineNode(pipeline), name }], downstream)),
  };
}
