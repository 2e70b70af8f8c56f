import type { PipelineRef } from '../domain/pipeline';
import type { NameMatch } from './name-match';

/** One pipeline by a name as people type it, or why it is not clear which. */
export async function named<T>(
  asked: string,
  { lookUp, about }: { lookUp(name: string): Promise<NameMatch>; about(pipeline: PipelineRef): Promise<T> },
) {
  const { found, didYouMean } = await lookUp(asked);
  const [only, another] = found;
  if (!only) return { kind: 'none' as const, asked, didYouMean };
  if (another)
    return { kind: 'several' as const, asked, names: found.map(({ connection, key }) => `${connection}/${key}`) };
  return about(only);
}
