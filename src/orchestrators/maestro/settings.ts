import { z } from 'zod';

const text = z.string().trim().min(1);
const address = z.url({ protocol: /^https?$/, error: 'must be an address that starts with http:// or https://' });

const Keys = z.strictObject({
  /** Where the server is, without `/api/v3`. */
  url: address,
  /** Sent with every call, for the proxy that checks who may come in. */
  headers: z.record(z.string(), z.string()).default({}),
  /** Named to the server as the caller when no person acts. */
  user: text.default('pitcrew'),
  /** The server has no list of workflows: those named here are looked at, and those met in events. */
  poll: z
    .strictObject({ everySeconds: z.number().min(1).max(86_400).default(30), pipelines: z.array(text).default([]) })
    .optional(),
  /** Address of a run's page. Placeholders: {workflow} {instance} {run} {step} {attempt}; what is not known becomes empty. */
  uiUrl: text.optional(),
  /** Address of a step's log elsewhere. The same placeholders, and {job} (pod or job id) and {stepUuid}; no link unless all are known. */
  logUrl: text.optional(),
  /** The parameter that says which part of the data a run is for. */
  partitionParam: text.default('TARGET_RUN_DATE'),
  /** Topics of Amazon SNS whose signed deliveries are taken without a token. */
  topicArn: z
    .union([text, z.array(text)])
    .transform((arns) => (typeof arns === 'string' ? [arns] : arns))
    .default([]),
});

/** Keys of a Maestro connection in pitcrew.yaml. `baseUrl` is taken for `url`. */
export const MaestroSettings = z.preprocess((keys) => {
  if (typeof keys !== 'object' || keys === null || !('baseUrl' in keys) || 'url' in keys) return keys;
  const { baseUrl, ...others } = keys;
  return { ...others, url: baseUrl };
}, Keys);
export type MaestroSettings = z.output<typeof MaestroSettings>;
