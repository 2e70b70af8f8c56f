import { createSign } from 'node:crypto';
import pino from 'pino';
import { createHttp } from '../../../src/orchestrators/http';
import { maestro } from '../../../src/orchestrators/maestro';
import { isSnsAddress, SnsEnvelope, verifySns } from '../../../src/orchestrators/maestro/sns';
import { deliveryOf, fixture } from './deliveries';
import { selfSigned } from './self-signed';

const amazon = selfSigned();
const now = new Date('2026-03-02T10:00:02Z');
const fetchCertificate = async () => amazon.pem;

/** Signed as Amazon documents it: for a notification these fields, in this order. */
function signed(changes: Record<string, unknown> = {}, { version = '2', key = amazon.privateKey } = {}) {
  const body = fixture('sns-notification', { Message: 'hello', SignatureVersion: version, ...changes });
  const names =
    body.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = names.map((name) => (body[name] === undefined ? '' : `${name}\n${body[name]}\n`)).join('');
  const signature = createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256')
    .update(text)
    .sign(key, 'base64');
  return { ...body, Signature: signature };
}
const verify = (body: object) => verifySns(SnsEnvelope.parse(body), fetchCertificate, now);

describe('a signature of Amazon SNS', () => {
  it.each(['1', '2'])('of version %s is taken', async (version) => {
    await expect(verify(signed({}, { version }))).resolves.toBe(true);
    await expect(verify(signed({ Subject: 'News' }, { version }))).resolves.toBe(true);
  });

  it('covers the address that confirms a subscription', async () => {
    const body = signed({
      Type: 'SubscriptionConfirmation',
      Token: 't',
      SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?a',
    });
    await expect(verify(body)).resolves.toBe(true);
    await expect(verify({ ...body, SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?b' })).resolves.toBe(false);
  });

  it.each<[string, object]>([
    ['another text', { Message: 'goodbye' }],
    ['another topic', { TopicArn: 'arn:aws:sns:eu-west-1:666:orchestration' }],
    ['another version', { SignatureVersion: '1' }],
    ['a version that does not exist', { SignatureVersion: '3' }],
    ['no signature', { Signature: undefined }],
    ['a broken signature', { Signature: '%%%' }],
    ['a certificate from elsewhere', { SigningCertURL: 'https://evil.example/cert.pem' }],
    ['a certificate that is none by its name', { SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/?Action=x' }],
  ])('is refused for %s', async (_title, changes) => {
    await expect(verify({ ...signed(), ...changes })).resolves.toBe(false);
  });

  it('is refused from another key, from an expired certificate, and from something that is no certificate', async () => {
    await expect(verify(signed({}, { key: selfSigned().privateKey }))).resolves.toBe(false);
    const old = selfSigned('200101000000Z', '210101000000Z');
    const envelope = SnsEnvelope.parse(signed({}, { key: old.privateKey }));
    await expect(verifySns(envelope, async () => old.pem, now)).resolves.toBe(false);
    await expect(verifySns(envelope, async () => '<html>', now)).resolves.toBe(false);
  });

  it.each([
    ['https://sns.us-gov-west-1.amazonaws.com/x.pem', true],
    ['https://sns.cn-north-1.amazonaws.com.cn/x.pem', true],
    ['https://sqs.us-east-1.amazonaws.com/x.pem', false],
    ['https://sns.us-east-1.amazonaws.com.evil.example/x.pem', false],
  ])('reads its certificate from %s: %s', (address, isTaken) => {
    expect(isSnsAddress(address)).toBe(isTaken);
  });
});

describe('authenticating a delivery', () => {
  const arn = 'arn:aws:sns:eu-west-1:210987654321:orchestration';
  let certificatesRead: string[];

  function connect(topicArn?: string) {
    certificatesRead = [];
    const log = pino({ level: 'silent' });
    const clock = { now: () => now };
    const http = createHttp({ name: 'Maestro (prod)', baseUrl: 'http://127.0.0.1:9', log, clock });
    const outside = async (url: string) => {
      certificatesRead.push(url);
      return amazon.pem;
    };
    const settings = maestro.settings.parse({ url: 'http://127.0.0.1:9', topicArn });
    return maestro.connect({
      name: 'prod',
      settings,
      http: { ...http, outside },
      log,
      clock,
      unknownWord: () => undefined,
    });
  }

  it('verifies a topic that the configuration names, and reads each certificate once', async () => {
    const orchestrator = connect(arn);
    await expect(orchestrator.authenticate?.(deliveryOf(signed()))).resolves.toBe('verified');
    await expect(orchestrator.authenticate?.(deliveryOf(signed({ Message: 'more' })))).resolves.toBe('verified');
    expect(certificatesRead).toEqual(['https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a1b2.pem']);
  });

  it('refuses a topic that it does not name, however well signed', async () => {
    await expect(connect('arn:aws:sns:eu-west-1:1:mine').authenticate?.(deliveryOf(signed()))).resolves.toBe('refused');
  });

  it('refuses a forged delivery', async () => {
    const body = { ...signed(), Message: 'forged' };
    await expect(connect(arn).authenticate?.(deliveryOf(body))).resolves.toBe('refused');
  });

  it('asks for a token where the signature says nothing: no topic is named, or it is a bare event', async () => {
    await expect(connect().authenticate?.(deliveryOf(signed()))).resolves.toBe('not-signed');
    await expect(connect(arn).authenticate?.(deliveryOf(fixture('run-failed')))).resolves.toBe('not-signed');
    await expect(connect(arn).authenticate?.(deliveryOf('nonsense'))).resolves.toBe('not-signed');
  });
});
