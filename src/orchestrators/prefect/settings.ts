import { z } from 'zod';

const text = z.string().trim().min(1);
const address = z.url({ protocol: /^https?$/, error: 'must be an address that starts with http:// or https://' });

/** Keys of a Prefect connection in pitcrew.yaml. */
export const PrefectSettings = z
  .strictObject({
    /** The address of the API as `PREFECT_API_URL` has it: it ends with `/api`, or with the workspace's id in Prefect Cloud. */
    url: address,
    /** Sent with every call, for a proxy in front of it. */
    headers: z.record(z.string(), z.string()).default({}),
    /** Both halves of a server's `PREFECT_SERVER_API_AUTH_STRING`. */
    username: text.optional(),
    password: z.string().min(1).optional(),
    /** A key of Prefect Cloud. */
    apiKey: text.optional(),
    /** Asked for news every so often; `pipelines` limits that to the named deployments, as `flow/deployment`. */
    poll: z
      .strictObject({ everySeconds: z.number().min(1).max(86_400).default(30), pipelines: z.array(text).optional() })
      .optional(),
    /** Where people open Prefect in the browser, if it is not where the API's address leads. */
    uiUrl: address.optional(),
    /** Parameters that say which part of the data a run is for; the first that a deployment has counts. */
    partitionParam: z
      .union([text, z.array(text)])
      .transform((names) => (typeof names === 'string' ? [names] : names))
      .default([]),
  })
  .refine((keys) => (keys.username === undefined) === (keys.password === undefined), {
    path: ['password'],
    error: 'goes with `username`: name both or neither',
  })
  .refine((keys) => keys.apiKey === undefined || keys.username === undefined, {
    path: ['apiKey'],
    error: 'stands instead of `username` and `password`: name one of the two',
  });
export type PrefectSettings = z.output<typeof PrefectSettings>;

/** What every call carries. */
export function headersOf({ headers, username, password, apiKey }: PrefectSettings): Record<string, string> {
  if (apiKey !== undefined) return { ...headers, authorization: `Bearer ${apiKey}` };
  if (username === undefined) return headers;
  return { ...headers, authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}
