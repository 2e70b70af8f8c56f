import { buttons } from '../../src/slack/buttons';
import { onOpening } from '../dialog';
import { showPlan } from '../plan';

const titles = { pause: 'Pause', resume: 'Resume' } as const;

/** The plan of undoing what the other of the two did. */
const opening = (kind: keyof typeof titles) =>
  onOpening(kind === 'pause' ? buttons.pausePipeline : buttons.resumePipeline, {
    title: titles[kind],
    show: (asked) => {
      const { connection, key, incidentId } = asked.value;
      const target = { kind: 'pipeline', pipeline: { connection, key } } as const;
      return showPlan(asked, titles[kind], {
        kind,
        aim: { kind: 'targets', targets: [{ target, ...(incidentId ? { incidentId } : {}) }] },
        ...(incidentId ? { incidentId } : {}),
      });
    },
  });

export const pausePipeline = opening('pause');
export const resumePipeline = opening('resume');
