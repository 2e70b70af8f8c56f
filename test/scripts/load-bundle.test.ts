import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { loadBundle, makeCode } = require('../../bin/load-bundle');
const { bundle } = require('../../scripts/bundle');

describe('the program in one file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pitcrew-bundle-'));
  const file = join(folder, 'program.js');
  const code = `${file}.code`;
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    rmSync(code, { force: true });
    writeFileSync(
      file,
      'exports.where = [__filename, __dirname]; exports.path = require("node:path"); exports.loadMain = () => 1;',
    );
  });

  it('is loaded without its code, where none was made', () => {
    const { exports, script } = loadBundle(file);
    expect(exports).toMatchObject({ where: [file, folder], path: { sep: expect.any(String) } });
    expect(script.cachedDataRejected).toBeUndefined();
  });

  it('is loaded with its code, which the build makes', () => {
    makeCode(file);
    expect(existsSync(code)).toBe(true);
    const { exports, script } = loadBundle(file);
    expect(exports.where).toEqual([file, folder]);
    expect(script.cachedDataRejected).toBe(false);
  });

  it('is compiled anew where the code is not its own', () => {
    writeFileSync(file, 'exports.where = [__filename, __dirname]; // not compiled before');
    writeFileSync(code, 'not of this Node');
    const { exports, script } = loadBundle(file);
    expect(exports.where).toEqual([file, folder]);
    expect(script.cachedDataRejected).toBe(true);
  });

  it('is built in plain letters without comments, and means the same', () => {
    const entry = join(folder, 'entry.js');
    const built = join(folder, 'built.js');
    writeFileSync(
      entry,
      `/** Wörter. */ exports.loadMain = () => 1;
       exports.matches = (text) => [/^[─–\\s]+$/.test(text), /^[🎉]$/u.test(text), /^[^é]{2}$/.test(text), \`«\${text}»\`];`,
    );
    bundle(entry, built);
    expect(readFileSync(built, 'utf8')).toMatch(/^[\0-\x7f]*$/);
    expect(readFileSync(built, 'utf8')).not.toContain('rter');
    const { exports } = loadBundle(built);
    expect(['─–', '🎉', 'é'].map(exports.matches)).toEqual([
      [true, false, true, '«─–»'],
      [false, true, true, '«🎉»'],
      [false, false, false, '«é»'],
    ]);
  });
});
