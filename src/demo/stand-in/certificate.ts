import { createSign, type KeyObject, randomBytes } from 'node:crypto';

/** DER: a tag, a length, the content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const lengthBytes: number[] = [];
  for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) lengthBytes.unshift(rest % 256);
  const length = content.length < 128 ? [content.length] : [0x80 + lengthBytes.length, ...lengthBytes];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const utcTime = (at: Date) => der(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
/** sha256WithRSAEncryption with its NULL parameter. */
const algorithm = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05));
const name = (text: string) =>
  sequence(der(0x31, sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(text)))));

/** A certificate (X.509 v3 without extensions) that an RSA key signs for itself, valid for ten years from `at`, as PEM. */
export function selfSignedCertificate(given: {
  privateKey: KeyObject;
  publicKey: KeyObject;
  commonName: string;
  at: Date;
}): string {
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
  const until = new Date(given.at);
  until.setUTCFullYear(until.getUTCFullYear() + 10);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    name(given.commonName),
    sequence(utcTime(given.at), utcTime(until)),
    name(given.commonName),
    given.publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = createSign('RSA-SHA256').update(body).sign(given.privateKey);
  const whole = sequence(body, algorithm, der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
