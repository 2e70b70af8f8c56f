/**
 * `npm run verify:mutants [-- FILE…]`: changes the pure rules, one place at a time, and looks whether a test goes red. Without files,
 * all of `src/domain` and `src/diagnosis`: hours. Survivors are printed; ends with 1 below a score of
 * 60 %. The program that makes the mutants is installed beside the products of `npm run test:live`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/lib/package-root';
import { keepPackages } from './verify/keep-packages';

const version = '9.6.1';
const rules = ['src/domain/**/*.ts', 'src/diagnosis/**/*.ts'];

function main(files: string[]): number {
  const root = packageRoot(__dirname);
  const kept = keepPackages(
    `stryker-${version}`,
    ['core', 'jest-runner'].map((part) => `@stryker-mutator/${part}@${version}`),
  );
  const folder = mkdtempSync(join(tmpdir(), 'pitcrew-mutants-'));
  const settings = join(folder, 'stryker.json');
  writeFileSync(
    settings,
    JSON.stringify({
      mutate: files.length > 0 ? files : rules,
      testRunner: 'jest',
      plugins: [join(kept, '@stryker-mutator', 'jest-runner', 'dist', 'src', 'index.js')],
      coverageAnalysis: 'perTest',
      // What runs while a module loads would need every test of its file anew.
      ignoreStatic: true,
      // TypeScript 7 has no API that it could read this by.
      tsconfigFile: 'none',
      jest: { config: pureTests(), enableFindRelatedTests: true },
      reporters: ['clear-text', 'progress-append-only'],
      clearTextReporter: { allowColor: false, logTests: false },
      ignorePatterns: ['dist', 'docs/images'],
      // Below the project, so that its packages are found.
      tempDirName: 'dist/mutants',
      allowEmpty: false,
      thresholds: { high: 80, low: 70, break: 60 },
    }),
  );
  const stryker = join(kept, '@stryker-mutator', 'core', 'bin', 'stryker.js');
  const { status } = spawnSync(process.execPath, [stryker, 'run', settings], { cwd: root, stdio: 'inherit' });
  rmSync(folder, { recursive: true, force: true });
  return status ?? 1;
}

/** Only the tests that need nothing but themselves. */
function pureTests(): object {
  const { globalSetup, globalTeardown, reporters, ...config } = require('../jest.config.js');
  return {
    ...config,
    roots: ['<rootDir>/test/domain', '<rootDir>/test/diagnosis'],
  };
}

process.exitCode = main(process.argv.slice(2));
