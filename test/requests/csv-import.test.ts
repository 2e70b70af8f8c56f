import { readColumns, readCsv } from '../../src/requests/csv-import';

const zone = { columns: {}, timeZone: 'Europe/Berlin' };
const head = 'id,question,askedAt,solvedAt,score';

describe('a table of requests', () => {
  it.each([
    { title: 'commas', text: `${head}\n7,"Where, is it",2026-11-02T09:00:00+01:00,,\n` },
    { title: 'semicolons', text: `${head.replaceAll(',', ';')}\r\n7;Where, is it;2026-11-02T08:00:00Z;;\r\n` },
    {
      title: 'tabs and a mark of its encoding',
      text: `\uFEFF${head.replaceAll(',', '\t')}\n7\tWhere, is it\t2026-11-02 09:00\t\t`,
    },
  ])('is read with $title', ({ text }) => {
    expect(readCsv(text, zone)).toEqual({
      ok: true,
      brought: [{ id: '7', question: 'Where, is it', askedAt: new Date('2026-11-02T08:00:00Z'), priority: 'normal' }],
    });
  });

  it('has its columns by other names', () => {
    const columns = readColumns('id=Ticket, question=Subject line,askedAt=Created');
    const text = 'Ticket,Subject Line,Created,Priority\nT-1,"two\nlines",2026-07-01 09:00:30,HIGH\n';
    expect(readCsv(text, { ...zone, columns })).toMatchObject({
      brought: [{ id: 'T-1', question: 'two\nlines', askedAt: new Date('2026-07-01T07:00:30Z'), priority: 'high' }],
    });
  });

  it.each([
    {
      title: 'every fault, by its line',
      text: `${head}\n1,,2026-11-02 09:00,,\n2,x,yesterday,,9\n`,
      says: [/^line 2, question: is empty/, /^line 3, askedAt/, /^line 3, score/, /^line 3, score: needs/],
    },
    {
      title: 'an end before the beginning',
      text: `${head}\n1,x,2026-11-02 09:00,2026-11-01 09:00,\n`,
      says: [/^line 2, solvedAt: must not be before/],
    },
    {
      title: 'the same id twice',
      text: `${head}\n1,x,2026-11-02 09:00,,\n1,y,2026-11-02 09:00,,\n`,
      says: [/^line 3, id: "1" stands in line 2/],
    },
    { title: 'a column that is not there', text: 'id,question\n1,x\n', says: [/no column "askedAt"/] },
    { title: 'a line with too many cells', text: `${head}\n1,x,2026-11-02 09:00,,,,,\n`, says: [/line 2/] },
    { title: 'a quote that is not closed', text: `${head}\n1,"x,2026-11-02 09:00,,\n`, says: [/./] },
  ])('is refused with $title', ({ text, says }) => {
    const read = readCsv(text, zone);
    const faults = read.ok ? [] : read.faults;
    expect(faults).toHaveLength(says.length);
    for (const [index, each] of says.entries()) expect(faults[index]).toMatch(each);
  });

  it.each(['Subject', 'subject=', 'words=Subject'])('has no columns by "%s"', (text) => {
    expect(() => readColumns(text)).toThrow('--columns takes field=column');
  });
});
