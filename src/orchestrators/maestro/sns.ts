import { createVerify, X509Certificate } from 'node:crypto';
import { z } from 'zod';

/** What Amazon SNS puts around a message when it delivers over HTTPS. */
export const SnsEnvelope = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string(),
  TopicArn: z.string(),
  Message: z.string(),
  Subject: z.string().nullish(),
  Timestamp: z.string(),
  Token: z.string().optional(),
  SubscribeURL: z.string().optional(),
  SignatureVersion: z.string().optional(),
  Signature: z.string().optional(),
  SigningCertURL: z.string().optional(),
});
export type SnsEnvelope = z.output<typeof SnsEnvelope>;

const algorithms = new Map([
  ['1', 'RSA-SHA1'],
  ['2', 'RSA-SHA256'],
]);

/** True for an https address of Amazon SNS itself: nothing else is read on the word of a delivery. */
export function isSnsAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port, username } = new URL(address);
  const isAmazons = /^sns\.[a-z]{2}(-[a-z]+)+-\d{1,2}\.amazonaws\.com(\.cn)?$/.test(hostname);
  return protocol === 'https:' && port === '' && username === '' && isAmazons;
}

/**
 * Whether Amazon signed this. Says nothing about whose topic it is: compare TopicArn too.
 *
 * @param fetchCertificate  reads a PEM certificate; only ever given an address of Amazon SNS
 * @throws what `fetchCertificate` throws
 */
export async function verifySns(
  envelope: SnsEnvelope,
  fetchCertificate: (url: string) => Promise<string>,
  now: Date,
): Promise<boolean> {
  const { Signature, SigningCertURL, SignatureVersion = '1' } = envelope;
  const algorithm = algorithms.get(SignatureVersion);
  if (!algorithm || !Signature || !SigningCertURL || !isSnsAddress(SigningCertURL)) return false;
  if (!new URL(SigningCertURL).pathname.endsWith('.pem')) return false;
  const pem = await fetchCertificate(SigningCertURL);
  try {
    const certificate = new X509Certificate(pem);
    if (Date.parse(certificate.validFrom) > now.getTime() || Date.parse(certificate.validTo) < now.getTime())
      return false;
    return createVerify(algorithm)
      .update(signedText(envelope), 'utf8')
      .verify(certificate.publicKey, Signature, 'base64');
  } catch {
    return false; // not a certificate, or not a signature
  }
}

/** The fields that are signed, in their order, each as name and value on lines of their own; those that are absent are left out. */
function signedText(envelope: SnsEnvelope): string {
  const names =
    envelope.Type === 'Notification'
      ? (['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const)
      : (['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const);
  return names
    .map((name) => {
      const value = envelope[name];
      return value === undefined || value === null ? '' : `${name}\n${value}\n`;
    })
    .join('');
}
