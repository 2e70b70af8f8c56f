import { createHmac } from 'node:crypto';
import type { Source } from '../../src/domain/settings';
import { findSource } from '../../src/ingest/sources';

const body = Buffer.from('{"id":"e1"}');
const signed = (algorithm: string, secret: string, of = body) => createHmac(algorithm, secret).update(of).digest('hex');
const sources: Source[] = [
  { name: 'airflow', token: 'airflow-token' },
  { name: 'dbt', token: 'dbt-token' },
  { name: 'ci', hmac: { secret: 'ci-secret', header: 'x-signature-256', algorithm: 'sha256' } },
  { name: 'nightly', hmac: { secret: 'nightly-secret', header: 'x-signature', algorithm: 'sha512' } },
];
const find = (headers: Record<string, string | undefined>, of = body) => findSource(sources, headers, of)?.name;

describe('the source of a call', () => {
  it.each([
    { title: 'a token', headers: { authorization: 'Bearer airflow-token' }, source: 'airflow' },
    { title: 'the token of a later source', headers: { authorization: 'Bearer dbt-token' }, source: 'dbt' },
    { title: 'the word bearer in any case', headers: { authorization: 'bearer  airflow-token ' }, source: 'airflow' },
    { title: 'a signature', headers: { 'x-signature-256': signed('sha256', 'ci-secret') }, source: 'ci' },
    {
      title: 'a signature with its prefix',
      headers: { 'x-signature-256': `sha256=${signed('sha256', 'ci-secret')}` },
      source: 'ci',
    },
    {
      title: 'a signature in capitals',
      headers: { 'x-signature-256': `SHA256=${signed('sha256', 'ci-secret').toUpperCase()}` },
      source: 'ci',
    },
    { title: 'a longer signature', headers: { 'x-signature': signed('sha512', 'nightly-secret') }, source: 'nightly' },
    {
      title: 'a longer signature with its prefix',
      headers: { 'x-signature': `sha512=${signed('sha512', 'nightly-secret')}` },
      source: 'nightly',
    },
  ])('is known by $title', ({ headers, source }) => {
    expect(find(headers)).toBe(source);
  });

  it.each([
    { title: 'nothing', headers: {} },
    { title: 'another token', headers: { authorization: 'Bearer airflow-toke' } },
    { title: 'a token that goes on', headers: { authorization: 'Bearer airflow-token2' } },
    { title: 'no token', headers: { authorization: 'Bearer ' } },
    { title: 'a token in another scheme', headers: { authorization: 'Basic airflow-token' } },
    { title: 'a secret for a token', headers: { authorization: 'Bearer ci-secret' } },
    { title: 'the signature of another secret', headers: { 'x-signature-256': signed('sha256', 'airflow-token') } },
    { title: 'another algorithm', headers: { 'x-signature-256': signed('sha512', 'ci-secret') } },
    {
      title: 'a prefix that is not its own',
      headers: { 'x-signature-256': `sha512=${signed('sha256', 'ci-secret')}` },
    },
    { title: 'an empty signature', headers: { 'x-signature-256': '' } },
    { title: 'a signature in another header', headers: { 'x-signature': signed('sha256', 'ci-secret') } },
  ])('is nobody with $title', ({ headers }) => {
    expect(find(headers)).toBeUndefined();
  });

  it('is nobody when the body was changed', () => {
    expect(find({ 'x-signature-256': signed('sha256', 'ci-secret') }, Buffer.from('{"id":"e2"}'))).toBeUndefined();
  });
});
