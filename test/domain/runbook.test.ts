import { splitRunbook } from '../../src/domain/runbook';

const split = (markdown: string) => splitRunbook('orders', markdown).map(({ title, body }) => `${title}: ${body}`);

describe('a runbook', () => {
  it.each([
    { title: 'is one section without headings', markdown: 'Call us.\n', sections: ['orders: Call us.'] },
    { title: 'that is empty has none', markdown: '\n\n# Orders\n\n## Late\n', sections: [] },
    {
      title: 'is split by its headings, each under those above it',
      markdown: 'First.\n# Orders\nAll.\n## Late ##\nWait.\n### Very\nWait longer.\n## Wrong\nAsk.\n# Other\nNo.',
      sections: [
        'orders: First.',
        'Orders: All.',
        'Orders › Late: Wait.',
        'Orders › Late › Very: Wait longer.',
        'Orders › Wrong: Ask.',
        'Other: No.',
      ],
    },
    {
      title: 'has no heading in code',
      markdown: '# Run\n```sh\n# not one\nmake `it`\n```\n~~~\n# nor this\n```\n~~~\nDone.',
      sections: ['Run: # not one\nmake `it`\n# nor this\n```\nDone.'],
    },
    {
      title: 'takes code within a line for no block',
      markdown: '```x```\n# One\nTwo',
      sections: ['orders: ```x```', 'One: Two'],
    },
    { title: 'takes a tag for no heading', markdown: '#late orders', sections: ['orders: #late orders'] },
    {
      title: 'loses what stands before it for machines',
      markdown: '\uFEFF---\r\ntitle: x\r\n---\r\n# One\r\nTwo\r\n',
      sections: ['One: Two'],
    },
    {
      title: 'keeps addresses, and loses marks',
      markdown: '> See **the** [wiki](https://wiki.example/a), [next](b.md) and ![chart](c.png)',
      sections: ['orders: See the wiki (https://wiki.example/a), next and chart'],
    },
  ])('$title', ({ markdown, sections }) => {
    expect(split(markdown)).toEqual(sections);
  });

  it('is bounded, whatever it holds', () => {
    const many = splitRunbook('x', `# ${'h'.repeat(9_000)}\n${'w'.repeat(9_000)}\n`.repeat(1_000));
    expect(many).toHaveLength(500);
    expect(many[0]).toEqual({ title: 'h'.repeat(200), body: 'w'.repeat(3_000) });
    expect(splitRunbook('x', '[](**__![>```'.repeat(20_000)).length).toBeLessThan(2);
  });
});
