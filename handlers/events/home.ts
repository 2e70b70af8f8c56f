import { z } from 'zod';
import { Failure } from '../../src/domain/failure';
import { safely } from '../answering';
import type { Listener } from '../services';

const Opened = z.object({ user: z.string().min(1), tab: z.string() });

/** The Home tab is opened: nothing is changed, and what stands there is brought up to date. */
export const home: Listener = {
  kind: 'event',
  name: 'app_home_opened',
  needs: 'look',
  register(app, services) {
    app.event('app_home_opened', ({ event }) =>
      safely(services, async () => {
        const read = Opened.safeParse(event).data;
        if (read?.tab !== 'home') return;
        try {
          await services.homes.open(read.user);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          services.log.warn({ err: error }, 'home.not-published');
        }
      }),
    );
  },
};
