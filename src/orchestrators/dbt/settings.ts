import { z } from 'zod';

const text = z.string().trim().min(1);
const address = z.url({ protocol: /^https?$/, error: 'must be an address that starts with http:// or https://' });

/** Keys of a connection to dbt Cloud in pitcrew.yaml. dbt Core needs none: it posts its files (docs/machines-door.md). */
export const DbtSettings = z.strictObject({
  /** The access URL of the account, without `/api`. */
  url: address.default('https://cloud.getdbt.com'),
  /** The number of the account. */
  account: z.union([z.number().int().positive().transform(String), z.string().regex(/^\d+$/, 'must be a number')]),
  /** A service token, or a personal one. */
  token: text,
  /** The secret that dbt Cloud shows once when a webhook is made: deliveries that it signs need no token of a source. */
  webhookSecret: text.optional(),
  /** Sent with every call, for a proxy in front of it. */
  headers: z.record(z.string(), z.string()).default({}),
  /** Asked for news every so often; `pipelines` limits that to the named jobs. */
  poll: z
    .strictObject({ everySeconds: z.number().min(1).max(86_400).default(30), pipelines: z.array(text).optional() })
    .optional(),
});
export type DbtSettings = z.output<typeof DbtSettings>;
