// Beside jest's own report: names every skipped test, so that nothing is left out in silence, and writes the counts to
// the file of PITCREW_TEST_REPORT, which .ci/run reads.
const { writeFileSync } = require('node:fs');

module.exports = class Reporter {
  onRunComplete(_contexts, results) {
    const skipped = results.testResults.flatMap((file) =>
      file.testResults
        .filter(({ status }) => status === 'pending' || status === 'todo')
        .map(({ fullName }) => fullName),
    );
    if (skipped.length > 0) process.stderr.write(`\nSkipped: ${skipped.length}\n  ${skipped.join('\n  ')}\n`);
    const report = process.env.PITCREW_TEST_REPORT;
    if (!report) return;
    // A file that could not even be loaded has no tests, but has failed.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    writeFileSync(report, JSON.stringify({ passed: results.numPassedTests, failed, skipped }));
  }
};
