/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Many suites wait for real processes and clocks, so more run at once than there are cores.
  maxWorkers: 3,
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.(t|j)sx?$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  reporters: ['default', '<rootDir>/scripts/jest-reporter.js'],
  // Far above what any takes at rest: a test that hangs is caught, a slow machine is not.
  testTimeout: 90_000,
};
