import { inTwoLines } from '../../../src/slack/pictures/box-text';

describe('a name in the box of a picture', () => {
  it.each([
    { name: 'orders_daily', lines: ['orders_daily'] },
    { name: 'Orders today for Europe', lines: ['Orders today', 'for Europe'] },
    { name: 'warehouse.analytics.orders', lines: ['warehouse.', 'analytics.orders'] },
    { name: 'abcdefghijklmnopqrs', lines: ['abcdefghijkl', 'mnopqrs'] },
    { name: 'a abcdefghijklmnopqrs', lines: ['a', 'abcdefghijklmnopqrs'] },
  ])(
    'goes on in a second line where it is too long, and not within a word if it can be helped: $name',
    ({ name, lines }) => {
      expect(inTwoLines(name, 12, (text) => text.length)).toEqual(lines);
    },
  );
});
