import { z } from 'zod';

const text = z.string().trim().min(1);
const address = z.url({ protocol: /^https?$/, error: 'must be an address that starts with http:// or https://' });

/** Keys of a Dagster connection in pitcrew.yaml. */
export const DagsterSettings = z.strictObject({
  /** Where people open Dagster, without `/graphql`; of Dagster+ with its deployment: `https://acme.dagster.cloud/prod`. */
  url: address,
  /** Sent with every call. Dagster itself asks for nothing; a proxy in front of it may. */
  headers: z.record(z.string(), z.string()).default({}),
  /** A user token of Dagster+. */
  token: text.optional(),
  /** Asked for news every so often; `pipelines` limits that to the named ones. */
  poll: z
    .strictObject({ everySeconds: z.number().min(1).max(86_400).default(30), pipelines: z.array(text).optional() })
    .optional(),
  /** Where people open Dagster in the browser, if not at `url`. */
  uiUrl: address.optional(),
});
export type DagsterSettings = z.output<typeof DagsterSettings>;
