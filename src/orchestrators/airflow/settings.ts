import { z } from 'zod';
import { isTimeZone } from '../../domain/settings';

const text = z.string().trim().min(1);
const address = z.url({ protocol: /^https?$/, error: 'must be an address that starts with http:// or https://' });

/** Keys of an Airflow connection in pitcrew.yaml. Which Airflow it is, 3 or 2, is found out. */
export const AirflowSettings = z
  .strictObject({
    /** Where the server is, without `/api/v2` or `/api/v1`. */
    url: address,
    /** Sent with every call, for a proxy in front of it. */
    headers: z.record(z.string(), z.string()).default({}),
    /** A user of Airflow itself: signs in for a token (3), or with every call (2). */
    username: text.optional(),
    password: z.string().min(1).optional(),
    /** A token that was made elsewhere, for sites that sign in through a company's own service. */
    token: text.optional(),
    /** Asked for news every so often; `pipelines` limits that to the named ones. */
    poll: z
      .strictObject({ everySeconds: z.number().min(1).max(86_400).default(30), pipelines: z.array(text).optional() })
      .optional(),
    /** Where people open Airflow in the browser, if not at `url`. */
    uiUrl: address.optional(),
    /** In which day a logical date falls, for the name of the partition. Airflow itself counts days in UTC. */
    timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin').default('UTC'),
  })
  .refine((keys) => (keys.username === undefined) === (keys.password === undefined), {
    path: ['password'],
    error: 'goes with `username`: name both or neither',
  })
  .refine((keys) => keys.token === undefined || keys.username === undefined, {
    path: ['token'],
    error: 'stands instead of `username` and `password`: name one of the two',
  });
export type AirflowSettings = z.output<typeof AirflowSettings>;
