import { readAuditAsk } from '../../src/domain/audit';

const at = { now: new Date('2026-11-25T12:00:00Z'), timeZone: 'Europe/Berlin' };
const weekAgo = new Date('2026-11-18T12:00:00Z');

describe('what is asked of the trail', () => {
  it.each([
    { text: '', asks: { page: 1, isFile: false } },
    { text: 'orders_daily', asks: { pipeline: 'orders_daily', page: 1, isFile: false } },
    { text: '@dana', asks: { person: 'dana', page: 1, isFile: false } },
    { text: 'dana@data.example', asks: { person: 'dana@data.example', page: 1, isFile: false } },
    { text: '7d 2', asks: { since: weekAgo, page: 2, isFile: false } },
    { text: '0', asks: { pipeline: '0', page: 1, isFile: false } },
    {
      text: 'CSV 2026-11-01 @dana prod/orders_daily',
      asks: {
        pipeline: 'prod/orders_daily',
        person: 'dana',
        since: new Date('2026-10-31T23:00:00Z'),
        page: 1,
        isFile: true,
      },
    },
    { text: 'Orders of the day', asks: { pipeline: 'Orders of the day', page: 1, isFile: false } },
  ])('is read from "$text"', ({ text, asks }) => expect(readAuditAsk(text, at)).toEqual(asks));
});
