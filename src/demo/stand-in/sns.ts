import { createSign, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { type Dispatcher, request } from 'undici';
import type { Clock } from '../../lib/clock';
import { selfSignedCertificate } from './certificate';
import type { EventSink } from './options';

export interface SnsMessage {
  headers: Record<string, string>;
  body: string;
}

const topicArn = 'arn:aws:sns:eu-central-1:000000000000:maestro-events';

/** Which fields are signed, in this order, for each type of message. */
const signedFields = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

/** A topic that delivers over HTTP the way Amazon's does: confirmation first, every message signed. */
export function createSnsTopic({ clock, baseUrl }: { clock: Clock; baseUrl(): string }) {
  let made: { privateKey: KeyObject; certificate: string } | undefined;
  const subscriptions = new Map<string, { token: string; asked: boolean; confirmed: boolean }>();

  const subscriptionOf = (url: string) => {
    const known = subscriptions.get(url) ?? { token: randomBytes(32).toString('hex'), asked: false, confirmed: false };
    subscriptions.set(url, known);
    return known;
  };

  /** Made at the first use: a key takes a tenth of a second. */
  function identity() {
    if (!made) {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const commonName = 'sns.amazonaws.com';
      made = { privateKey, certificate: selfSignedCertificate({ privateKey, publicKey, commonName, at: clock.now() }) };
    }
    return made;
  }

  function sign(type: keyof typeof signedFields, fields: Record<string, string>): SnsMessage {
    const text = signedFields[type]
      .flatMap((name) => (fields[name] === undefined ? [] : [`${name}\n${fields[name]}\n`]))
      .join('');
    const signature = createSign('RSA-SHA256').update(text, 'utf8').sign(identity().privateKey, 'base64');
    return {
      headers: {
        'x-amz-sns-message-type': type,
        'x-amz-sns-message-id': fields.MessageId ?? '',
        'x-amz-sns-topic-arn': topicArn,
        'user-agent': 'Amazon Simple Notification Service Agent',
      },
      body: JSON.stringify({
        ...fields,
        SignatureVersion: '2',
        Signature: signature,
        SigningCertURL: `${baseUrl()}/sns/SimpleNotificationService.pem`,
      }),
    };
  }

  const common = (type: string, message: string) => ({
    Type: type,
    MessageId: randomUUID(),
    TopicArn: topicArn,
    Message: message,
    Timestamp: clock.now().toISOString(),
  });

  return {
    certificatePem: () => identity().certificate,

    async notification(url: string, message: string): Promise<SnsMessage> {
      const signed = sign('Notification', common('Notification', message));
      const { token } = subscriptionOf(url);
      const unsubscribe = `${baseUrl()}/sns/?Action=Unsubscribe&SubscriptionArn=${topicArn}:${token.slice(0, 16)}`;
      return { ...signed, body: JSON.stringify({ ...JSON.parse(signed.body), UnsubscribeURL: unsubscribe }) };
    },

    /** Asks the subscriber to confirm, once. Nothing is delivered before it did. */
    async subscribe(sink: EventSink, dispatcher: Dispatcher, signal: AbortSignal): Promise<void> {
      const subscription = subscriptionOf(sink.url);
      if (subscription.confirmed || subscription.asked) return;
      const { headers, body } = sign('SubscriptionConfirmation', {
        ...common(
          'SubscriptionConfirmation',
          `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
        ),
        Token: subscription.token,
        SubscribeURL: `${baseUrl()}/sns/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${subscription.token}`,
      });
      const answer = await request(sink.url, {
        method: 'POST',
        dispatcher,
        signal,
        headers: {
          'content-type': 'text/plain; charset=UTF-8',
          ...headers,
          ...(sink.token === undefined ? {} : { authorization: `Bearer ${sink.token}` }),
        },
        body,
      }).catch(() => undefined);
      await answer?.body.dump();
      subscription.asked = answer !== undefined && answer.statusCode >= 200 && answer.statusCode < 300;
    },

    isConfirmed: (url: string) => subscriptionOf(url).confirmed,

    /** @returns the answer's XML, or undefined for a token that nobody was given */
    confirm(token: string): string | undefined {
      const subscription = [...subscriptions.values()].find((candidate) => candidate.token === token);
      if (!subscription) return undefined;
      subscription.confirmed = true;
      return `<ConfirmSubscriptionResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ConfirmSubscriptionResult><SubscriptionArn>${topicArn}:${token.slice(0, 16)}</SubscriptionArn></ConfirmSubscriptionResult></ConfirmSubscriptionResponse>`;
    },
  };
}

export type SnsTopic = ReturnType<typeof createSnsTopic>;
