import { Failure } from '../../src/domain/failure';
import { buttons } from '../../src/slack/buttons';
import { safely } from '../answering';
import { ButtonCall } from '../calls';
import type { Listener } from '../services';

/** Looks again: nothing is changed. */
export const refreshHome: Listener = {
  kind: 'button',
  name: buttons.refreshHome.id,
  needs: 'look',
  register(app, services) {
    app.action(buttons.refreshHome.id, ({ ack, body }) =>
      safely(services, async () => {
        await ack();
        const receivedAt = services.clock.now();
        const call = ButtonCall.safeParse(body).data;
        if (!call) return;
        const outcome = await services.homes.open(call.user.id).then(
          () => 'ok' as const,
          (error: unknown) => {
            if (!(error instanceof Failure)) throw error;
            services.log.warn({ err: error }, 'home.not-published');
            return 'system-error' as const;
          },
        );
        const tookMs = services.clock.now().getTime() - receivedAt.getTime();
        await services.interactions.record({ slackId: call.user.id, what: buttons.refreshHome.id, outcome, tookMs });
      }),
    );
  },
};
