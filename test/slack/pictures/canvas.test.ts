import { centred } from '../../../src/slack/pictures/canvas';

it.each([
  {
    title: 'without a place of its own',
    svg: '<text dominant-baseline="central" style="font-size:20px;" transform="translate(37 109)" fill="#000">',
    is: '<text style="font-size:20px;" transform="translate(37 109)" fill="#000" y="7.20">',
  },
  {
    title: 'with one',
    svg: '<text dominant-baseline="central" style="font-size:10px;" y="-6" fill="#000">',
    is: '<text style="font-size:10px;" fill="#000" y="-2.40">',
  },
  {
    title: 'that is not to be centred',
    svg: '<text style="font-size:10px;" y="6">',
    is: '<text style="font-size:10px;" y="6">',
  },
])('text $title stands with the middle of its letters on its place', ({ svg, is }) => {
  expect(centred(`<svg>${svg}7</text></svg>`)).toBe(`<svg>${is}7</text></svg>`);
});
