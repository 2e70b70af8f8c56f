import { pipelineNode } from '../../domain/edge';
import type { ImpactAnswer } from '../../domain/impact';
import type { Logger } from '../../lib/logger';
import type { SlackClient } from '../client';
import type { Picture } from './canvas';
import { drawDownstream } from './downstream';

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
    downstream: ({ pipeline, name, downstream }: Extract<ImpactAnswer, { kind: 'impact' }>) =>
      upload(() => drawDownstream([{ node: pipelineNode(pipeline), name }], downstream)),
  };
}
