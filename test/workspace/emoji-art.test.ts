import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

function textsBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));
}

it('draws each emoji that Pitcrew writes, since a machine may have no letters for them', () => {
  const drawn = readFileSync(join(root, 'src/workspace/page/emoji-art.js'), 'utf8');
  const written = new Set(
    [...textsBelow('src/slack'), ...textsBelow('src/domain')]
      .flatMap((text) => text.match(/\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|[☀☑↩⏹]/gu) ?? [])
      .map((emoji) => emoji.replace('\ufe0f', '')),
  );
  expect(written.size).toBeGreaterThan(30);
  expect(
    [...written].filter((emoji) => !new RegExp(`^\\s*'?${emoji}'?:|art\\['${emoji}'\\] =`, 'mu').test(drawn)),
  ).toEqual([]);
});
