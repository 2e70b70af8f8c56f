import { asHtml, asMarkdown, asText } from '../../src/cli/digest/forms';
import { weekFigures } from '../support/week-figures';

const line = { connection: 'prod', pipeline: 'a', rank: 1, failed: 4, ended: 21, failedBefore: 1 };
const week = weekFigures({
  figures: { 'run-success': { kind: 'share', hits: 17, n: 21 } },
  worst: {
    top: [
      { ...line, name: 'Events <b>', url: 'https://me:secret@maestro.example/runs/7?a="b>' },
      { ...line, rank: 2, name: 'Orders', url: 'javascript:alert(1)' },
    ],
    tied: 1,
  },
});
const nobody = () => undefined;

describe('pipelines with most failed runs, in other forms of the digest', () => {
  it('are links on a page, but only to web addresses', () => {
    const html = asHtml(week, nobody, []);
    expect(html).toContain(
      '<li>1. <a href="https://maestro.example/runs/7?a=%22b%3E">Events &lt;b&gt;</a>: 4 of 21 runs failed</li><li>2. Orders: 4 of 21 runs failed</li><li>+1 tied</li>',
    );
  });

  it('are links in Markdown', () => {
    expect(asMarkdown(week, nobody)).toContain(
      '- 1. [Events \\<b\\>](<https://maestro.example/runs/7?a=%22b%3E>): 4 of 21 runs failed\n- 2. Orders: 4 of 21 runs failed\n- +1 tied',
    );
  });

  it('have their address beside them as text', () => {
    expect(asText(week, nobody)).toContain(
      '  1. Events <b>: 4 of 21 runs failed  https://maestro.example/runs/7?a=%22b%3E\n',
    );
  });
});
