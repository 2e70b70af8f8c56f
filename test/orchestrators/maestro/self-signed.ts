import { createSign, generateKeyPairSync } from 'node:crypto';

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
};
const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const sha256WithRsa = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05));
const nobody = sequence();

/** A key and a certificate that it signed for itself: Node makes keys but no certificates. Times are `YYMMDDhhmmssZ`. */
export function selfSigned(from = '250101000000Z', to = '350101000000Z') {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const validity = sequence(der(0x17, Buffer.from(from)), der(0x17, Buffer.from(to)));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const body = sequence(der(0x02, Buffer.from([1])), sha256WithRsa, nobody, validity, nobody, spki);
  const signature = createSign('RSA-SHA256').update(body).sign(privateKey);
  const whole = sequence(body, sha256WithRsa, der(0x03, Buffer.from([0]), signature));
  const pem = `-----BEGIN CERTIFICATE-----\n${whole.toString('base64')}\n-----END CERTIFICATE-----\n`;
  return { privateKey, pem };
}
