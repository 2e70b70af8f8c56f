/*
 * Small drawings for the emoji that operations messages use, so that they look alike everywhere, also where no emoji font is
 * installed. Each is a list of `[path, fill, stroke?]` on a 24 by 24 field. Other emoji stay text.
 */
const ring = (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const disc = (colour) => [
  [ring(12, 12, 9.5), colour],
  [ring(9, 8.5, 3.2), 'rgb(255 255 255 / 25%)'],
];
const square = (colour) => [
  ['M5 2.5h14A2.5 2.5 0 0 1 21.5 5v14a2.5 2.5 0 0 1-2.5 2.5H5A2.5 2.5 0 0 1 2.5 19V5A2.5 2.5 0 0 1 5 2.5z', colour],
];
const lines = (path, colour, width = 2.4) => [path, 'none', `${colour} ${width}`];
const bell = [
  [
    'M12 2.5a2 2 0 0 1 2 2c3 1 4.5 3.3 4.5 6.5 0 3.5.8 4.8 2 6H3.5c1.2-1.2 2-2.5 2-6C5.5 7.8 7 5.5 10 4.5a2 2 0 0 1 2-2z',
    '#e9b130',
  ],
  ['M9.5 18.5h5a2.5 2.5 0 0 1-5 0z', '#b97d12'],
];
const sheet = [
  ['M5 2.5h9.5L19.5 7.5v14H5z', '#f2f5f9', '#8d9bb0 1.2'],
  ['M14.5 2.5v5h5', '#d5deea', '#8d9bb0 1.2'],
];
const rows = lines('M8 11h8M8 14.5h8M8 18h5', '#7b8aa0', 1.5);
const turning = (colour) => [
  ...square(colour),
  lines('M7 12a5 5 0 0 1 8.7-3.3M17 12a5 5 0 0 1-8.7 3.3', '#fff', 2),
  ['M16.8 5.5v4.2h-4.2zM7.2 18.5v-4.2h4.2z', '#fff'],
];
const axes = [['M3 3h18v18H3z', '#f2f5f9', '#8d9bb0 1.2']];
const dial = [[ring(12, 12.5, 9), '#f2f5f9', '#4b5a70 2'], lines('M12 7.5v5l3.5 2', '#d13b3b', 1.8)];
const glass = [
  ['M6 2.5h12v2.5c0 3.5-3 5-4 7 1 2 4 3.5 4 7v2.5H6V19c0-3.5 3-5 4-7-1-2-4-3.5-4-7z', '#d9e8f7', '#8a5a2b 1.6'],
  ['M8.5 6h7c-.5 2-2.5 3-3.5 4.5C11 9 9 8 8.5 6zM8 20c.5-2.5 3-3.5 4-4.5 1 1 3.5 2 4 4.5z', '#e0a33a'],
];
const thumb = 'M8 11l4-8c1.8 0 2.8 1.2 2.4 3l-.8 3.5H19c1.6 0 2.4 1.3 2 2.8l-1.5 6.2c-.3 1.2-1.1 2-2.5 2H8z';

const art = {
  '🔴': disc('#dc3f3f'),
  '🟠': disc('#ec8a2c'),
  '🟡': disc('#e9c22f'),
  '🟢': disc('#2fa860'),
  '🔵': disc('#3178dc'),
  '🟣': disc('#8a56c9'),
  '⚪': [[ring(12, 12, 9), '#eef1f5', '#a9b4c2 1.5']],
  '⚫': disc('#39424f'),
  '👀': [
    [
      'M7 4c2.6 0 4.5 3.6 4.5 8S9.6 20 7 20s-4.5-3.6-4.5-8S4.4 4 7 4zM17 4c2.6 0 4.5 3.6 4.5 8s-1.9 8-4.5 8-4.5-3.6-4.5-8S14.4 4 17 4z',
      '#fff',
      '#4b5a70 1.3',
    ],
    [`${ring(8, 14, 2.3)}${ring(18, 14, 2.3)}`, '#25303f'],
  ],
  '👁': [
    ['M1.5 12C5 6.5 8.5 5 12 5s7 1.5 10.5 7C19 17.5 15.5 19 12 19s-7-1.5-10.5-7z', '#fff', '#4b5a70 1.5'],
    [ring(12, 12, 3.6), '#31659c'],
  ],
  '🔔': bell,
  '🔕': [...bell, lines('M3.5 3.5l17 17', '#d13b3b', 2.6)],
  '✅': [...square('#2c9e57'), lines('M6.5 12.5l4 4 7.5-8.5', '#fff', 2.8)],
  '☑': [...square('#3178dc'), lines('M6.5 12.5l4 4 7.5-8.5', '#fff', 2.8)],
  '✔': [lines('M4 13l5 5L20 6', '#2c9e57', 3.4)],
  '❌': [lines('M5 5l14 14M19 5L5 19', '#d13b3b', 3.8)],
  '✖': [lines('M5 5l14 14M19 5L5 19', '#59677b', 3.8)],
  '⚠': [
    ['M12 2.5L22.5 21h-21z', '#f0bd32', '#c28a12 1'],
    ['M10.9 9h2.2l-.4 6.5h-1.4zM11 17h2v2h-2z', '#2d2410'],
  ],
  '🚨': [
    ['M6 19v-6a6 6 0 0 1 12 0v6z', '#e04545'],
    ['M4 19h16v3H4z', '#59677b'],
    lines('M12 1.5v3M3.5 5l2 2M20.5 5l-2 2', '#e9a02c', 2),
  ],
  '🛑': [
    ['M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8z', '#d13b3b'],
    ['M7 10.5h10v3H7z', '#fff'],
  ],
  '⛔': [
    [ring(12, 12, 9.5), '#d13b3b'],
    ['M6.5 10.5h11v3h-11z', '#fff'],
  ],
  '🚫': [[ring(12, 12, 8.5), 'none', '#d13b3b 2.8'], lines('M6 6l12 12', '#d13b3b', 2.8)],
  '⏳': glass,
  '⌛': glass,
  '⏱': dial,
  '⏰': [...dial, lines('M3 6l4-3M21 6l-4-3', '#4b5a70', 2.4)],
  '🕒': dial,
  '🔁': turning('#3178dc'),
  '🔄': turning('#3178dc'),
  '♻': turning('#2c9e57'),
  '➡': [...square('#3178dc'), lines('M6 12h11M12.5 7.5L17 12l-4.5 4.5', '#fff', 2.4)],
  '▶': [...square('#3178dc'), ['M9 7l8 5-8 5z', '#fff']],
  '⏸': [...square('#3178dc'), ['M8 7h3v10H8zM13 7h3v10h-3z', '#fff']],
  '🔒': [
    lines('M8 11V7.5a4 4 0 0 1 8 0V11', '#8d9bb0', 2.4),
    ['M5 10.5h14v11H5z', '#e3ad34'],
    [ring(12, 15.5, 1.7), '#7a5510'],
  ],
  '🔑': [[ring(7.5, 8.5, 4.3), 'none', '#dca52e 2.8'], lines('M10.5 11.5L20 21M16 17l2.5-2.5', '#dca52e', 2.8)],
  '🛡': [
    ['M12 2.5l8.5 3v6c0 5-3.5 8.5-8.5 10.5-5-2-8.5-5.5-8.5-10.5v-6z', '#3f6fae'],
    ['M12 5v14.5c-3.5-1.7-6-4.2-6-8V7.2z', '#6d9bd6'],
  ],
  '📄': [...sheet, rows],
  '📝': [...sheet, rows, ['M20.5 9l2 2-7 7-2.8.8.8-2.8z', '#e9a02c']],
  '📋': [
    ['M4.5 4h15v18h-15z', '#b8844a'],
    ['M7 7h10v12.5H7z', '#fff'],
    ['M9 2.5h6v4H9z', '#8d9bb0'],
    lines('M9 11h6M9 14h6', '#7b8aa0', 1.5),
  ],
  '📚': [
    ['M3 4h5v17H3z', '#d13b3b'],
    ['M9 6h5v15H9z', '#3178dc'],
    ['M15 3h5v18h-5z', '#2c9e57'],
  ],
  '🔖': [['M6 2.5h12v19l-6-4.5-6 4.5z', '#d98b35']],
  '📌': [lines('M12 15v7', '#8d9bb0', 2), ['M8 2.5h8l-1 6 3.5 4.5v2h-13v-2L9 8.5z', '#d13b3b']],
  '📆': [
    ['M3 5h18v16.5H3z', '#f2f5f9', '#8d9bb0 1.2'],
    ['M3 4.5h18V9H3z', '#d13b3b'],
    ['M6 11.5h3v3H6zM10.5 11.5h3v3h-3zM15 11.5h3v3h-3zM6 16h3v3H6zM10.5 16h3v3h-3z', '#9aa7b8'],
  ],
  '📊': [...axes, ['M6 12h3v7H6z', '#2c9e57'], ['M10.5 7h3v12h-3z', '#d13b3b'], ['M15 9.5h3V19h-3z', '#3178dc']],
  '📈': [...axes, lines('M5.5 17l4-5 3.5 3 5.5-8', '#d13b3b', 2.2)],
  '📉': [...axes, lines('M5.5 7l4 5 3.5-3 5.5 8', '#3178dc', 2.2)],
  '📦': [
    ['M3 7.5l9-4.5 9 4.5v10L12 22l-9-4.5z', '#c2915a'],
    ['M3 7.5L12 12l9-4.5M12 12v10', 'none', '#8a6233 1.4'],
    ['M7.5 5.2l9 4.5v3l-2.5-1.3V11L5 6.5z', '#e3c08f'],
  ],
  '💬': [['M3 4h18v12.5H12L7 21.5v-5H3z', '#eef3fa', '#6d7f99 1.5'], lines('M7 8.5h10M7 12h6', '#6d7f99', 1.6)],
  '📣': [
    ['M3 9.5l12-5.5v15L3 14z', '#d13b3b'],
    ['M15 4c2.5 1.5 2.5 13.5 0 15z', '#f2b8b8'],
    ['M5.5 15l3 1.2V21h-3z', '#59677b'],
    lines('M18.5 8.5l3-1.5M19 12h3M18.5 15l3 1.5', '#e9a02c', 1.6),
  ],
  '✉': [['M2.5 5h19v14h-19z', '#f2f5f9', '#8d9bb0 1.3'], lines('M3 6l9 7 9-7', '#8d9bb0', 1.5)],
  '🎫': [
    ['M2.5 7h19v3.5a2 2 0 0 0 0 3V17h-19v-3.5a2 2 0 0 0 0-3z', '#e0a23a'],
    lines('M9 7v10', '#fff6e0', 1.4),
    lines('M12 10.5h6M12 13.5h4', '#8a5a12', 1.5),
  ],
  '🎉': [
    ['M3 21.5L8.5 8l7.5 7.5z', '#e9b130'],
    ['M5 17l4 3.2M7 12l6 5.3', 'none', '#d13b3b 1.6'],
    [`${ring(17, 6, 1.5)}${ring(20, 12, 1.3)}`, '#3178dc'],
    [`${ring(12.5, 4, 1.4)}${ring(20.5, 3.5, 1.2)}`, '#d13b3b'],
    lines('M12.5 9c1-2 3-1 2.5-3.5M16 13c2-.5 2 1.5 4 1', '#2c9e57', 1.5),
  ],
  '🚀': [
    ['M14 3c4-1.5 7-1 7-1s.5 3-1 7c-1.2 3.2-5 6.5-7.5 8L7 11.5C8.5 9 10.8 4.2 14 3z', '#e6ebf2', '#7b8aa0 1'],
    [ring(15.5, 8.5, 2), '#3178dc'],
    ['M7 11.5l-4 1 3-4.5 3-.5zM12.5 17l-1 4 4.5-3 .5-3z', '#d13b3b'],
    ['M6.5 14.5c-2.5.5-3.5 3-4 7 4-.5 6.5-1.5 7-4z', '#ec8a2c'],
  ],
  '👍': [
    [thumb, '#f2c14e', '#b98518 1'],
    ['M3 11h4v9.5H3z', '#3f6fae'],
  ],
  '👎': [
    [thumb, '#f2c14e', '#b98518 1', 'rotate(180 12 12)'],
    ['M17 3.5h4V13h-4z', '#3f6fae'],
  ],
  '🔥': [
    [
      'M12 1.5c1 4 6.5 6.5 6.5 12.5a6.5 6.5 0 0 1-13 0c0-3 1.5-4.5 2.5-6.5.8 1 1.2 1.8 2 2.5C11 7.5 10.5 4 12 1.5z',
      '#ec7a2c',
    ],
    ['M12.5 11.5c.5 2 3 3 3 5.5a3.5 3.5 0 0 1-7 0c0-2.2 3-3 4-5.5z', '#f4c93e'],
  ],
  '❤': [['M12 21C4 15.5 2 12 2 8.5A5 5 0 0 1 12 6.5a5 5 0 0 1 10 2c0 3.5-2 7-10 12.5z', '#dc3f4f']],
  '💚': [['M12 21C4 15.5 2 12 2 8.5A5 5 0 0 1 12 6.5a5 5 0 0 1 10 2c0 3.5-2 7-10 12.5z', '#2fa860']],
  '⭐': [['M12 2l3 6.8 7.5.7-5.6 5 1.6 7.3L12 18l-6.5 3.8 1.6-7.3-5.6-5L9 8.8z', '#eebb34']],
  '✨': [['M10 4l2 6 6 2-6 2-2 6-2-6-6-2 6-2zM19 2l.9 2.6L22.5 5.5l-2.6.9L19 9l-.9-2.6-2.6-.9 2.6-.9z', '#eebb34']],
  '⚡': [['M13.5 1.5L4 13.5h6.5L9 22.5l10.5-13H13z', '#efb52f']],
  '💡': [
    ['M12 2a7 7 0 0 1 7 7c0 3-2.5 4.5-3 7.5H8C7.5 13.5 5 12 5 9a7 7 0 0 1 7-7z', '#f4d03f', '#c99d1a 1'],
    ['M8.5 17.5h7V19h-7zM9.5 20h5l-1 2h-3z', '#7b8aa0'],
  ],
  '🔗': [
    ['M9.5 14.5l5-5M8 11l-3 3a3.8 3.8 0 0 0 5.3 5.3l3-3M16 13l3-3a3.8 3.8 0 0 0-5.3-5.3l-3 3', 'none', '#6d7f99 2.4'],
  ],
  '🔍': [[ring(10, 10, 6.5), '#dcebf8', '#4b5a70 2'], lines('M15 15l6 6', '#8a5a2b', 3.2)],
  '🔧': [
    [
      'M20.5 6.5l-3.5 3-2.5-2.5 3-3.5a5.5 5.5 0 0 0-7.3 7L2.5 18.2a2.3 2.3 0 0 0 3.3 3.3l7.7-7.7a5.5 5.5 0 0 0 7-7.3z',
      '#8896aa',
    ],
  ],
  '🛠': [
    [
      'M20.5 6.5l-3.5 3-2.5-2.5 3-3.5a5.5 5.5 0 0 0-7.3 7L2.5 18.2a2.3 2.3 0 0 0 3.3 3.3l7.7-7.7a5.5 5.5 0 0 0 7-7.3z',
      '#8896aa',
    ],
  ],
  '⚙': [
    [ring(12, 12, 6), 'none', '#7b8aa0 4'],
    lines(
      'M12 1.5v3.5M12 19v3.5M1.5 12H5M19 12h3.5M4.6 4.6L7 7M17 17l2.4 2.4M19.4 4.6L17 7M7 17l-2.4 2.4',
      '#7b8aa0',
      3,
    ),
  ],
  '🚧': [
    ['M2.5 7h19v8h-19z', '#ec8a2c'],
    ['M6 7h4l-4 8H2.5v-1zM14 7h4l-4 8h-4zM21.5 8v4l-1.5 3h-2z', '#fff'],
    ['M5 15h2.5v6.5H5zM16.5 15H19v6.5h-2.5z', '#59677b'],
  ],
  '🏁': [
    lines('M4 2.5v19.5', '#59677b', 2),
    ['M5 3h16v11H5z', '#fff', '#39424f 1'],
    ['M5 3h4v3.7H5zM13 3h4v3.7h-4zM9 6.7h4v3.6H9zM17 6.7h4v3.6h-4zM5 10.3h4V14H5zM13 10.3h4V14h-4z', '#39424f'],
  ],
  '🎯': [
    [ring(12, 12, 10), '#d13b3b'],
    [ring(12, 12, 7), '#fff'],
    [ring(12, 12, 4.3), '#d13b3b'],
    [ring(12, 12, 1.6), '#fff'],
  ],
  '🏆': [
    ['M7 3h10v6a5 5 0 0 1-10 0z', '#e9b130'],
    lines('M7 5H3.5c0 4 1.5 5.5 4 5.5M17 5h3.5c0 4-1.5 5.5-4 5.5', '#e9b130', 1.8),
    ['M11 13.5h2V18h-2z', '#c28a12'],
    ['M7.5 18h9v3.5h-9z', '#8a5a2b'],
  ],
  '🌱': [
    lines('M12 22V11', '#2c9e57', 2.2),
    ['M12 12C6 12.5 3.5 9 3.5 5 8 5 11.5 7 12 12zM12 10.5c.3-4 3-6.5 8.5-6.5 0 4.5-3 7.5-8.5 6.5z', '#3fb56c'],
  ],
  '🐛': [
    [
      'M3 16a3.5 3.5 0 0 1 5-3 3.5 3.5 0 0 1 5.5-2.5A4.5 4.5 0 1 1 19.5 14c0 3.5-3 5.5-8 5.5H6.5A3.5 3.5 0 0 1 3 16z',
      '#5fae4b',
    ],
    [`${ring(18.5, 9, 1)}`, '#25303f'],
  ],
  '💤': [['M3 13h8v1.8L6.5 20H11v2H3v-1.8L7.5 15H3zM12 5h9v2l-5.2 6H21v2.2h-9v-2L17.2 7.2H12z', '#3178dc']],
  '🗑': [
    ['M5 7h14l-1.2 14.5H6.2z', '#aab6c5'],
    ['M3.5 4.5h17V7h-17zM9 2.5h6v2H9z', '#7b8aa0'],
    lines('M9.5 10l.4 8.5M14.5 10l-.4 8.5', '#6d7a8d', 1.4),
  ],
  '❔': [lines('M8 8.5a4 4 0 1 1 5.5 3.7c-1 .5-1.5 1.2-1.5 3', '#8d9bb0', 3), [ring(12, 19.5, 1.8), '#8d9bb0']],
  '❓': [lines('M8 8.5a4 4 0 1 1 5.5 3.7c-1 .5-1.5 1.2-1.5 3', '#d13b3b', 3), [ring(12, 19.5, 1.8), '#d13b3b']],
  '❗': [
    ['M10.3 2.5h3.4l-.6 12h-2.2z', '#d13b3b'],
    [ring(12, 19, 2), '#d13b3b'],
  ],
  ℹ: [...square('#3178dc'), [ring(12, 7.3, 1.6), '#fff'], ['M10.5 10.5h3V18h-3z', '#fff']],
};

/** Round faces, by their mouth and eyes. */
const face = (mouth, eyes = `${ring(8.5, 10, 1.3)}${ring(15.5, 10, 1.3)}`) => [
  [ring(12, 12, 9.7), '#f3c544', '#c9962033 1'],
  [eyes, '#3b2c10'],
  mouth,
];
art['🙂'] = face(lines('M7.5 14.5c2 3 7 3 9 0', '#3b2c10', 1.6));
art['😄'] = face(['M7 13.5h10c-.5 3.5-2.5 5-5 5s-4.5-1.5-5-5z', '#7a2c1a']);
art['😂'] = face(
  ['M7 13.5h10c-.5 3.5-2.5 5-5 5s-4.5-1.5-5-5z', '#7a2c1a'],
  'M6.5 11.5l2-2.5 2 2.5zM13.5 11.5l2-2.5 2 2.5z',
);
art['🤔'] = face(lines('M9 16.5c2-1 4-1 6-.2', '#3b2c10', 1.6));
art['🥳'] = [...face(lines('M7.5 14.5c2 3 7 3 9 0', '#3b2c10', 1.6)), ['M12 .5l4 6.5H8z', '#3178dc']];

const namespace = 'http://www.w3.org/2000/svg';
const pattern = new RegExp(`(${Object.keys(art).join('|')})\\ufe0f?`, 'u');

function drawing(letter) {
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'emoji-art');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', letter);
  for (const [d, fill, stroke, transform] of art[letter]) {
    const path = document.createElementNS(namespace, 'path');
    path.setAttribute('d', d);
    path.setAttribute('fill', fill);
    if (transform) path.setAttribute('transform', transform);
    if (stroke) {
      const [colour, width] = stroke.split(' ');
      path.setAttribute('stroke', colour);
      path.setAttribute('stroke-width', width);
      path.setAttribute('stroke-linecap', 'round');
      path.setAttribute('stroke-linejoin', 'round');
    }
    svg.append(path);
  }
  return svg;
}

/** Text with its emoji drawn. @returns nodes and texts */
export function pictured(text) {
  if (!text) return [];
  return text
    .split(pattern)
    .map((part, index) => (index % 2 === 1 ? drawing(part) : part))
    .filter((part) => part !== '');
}
