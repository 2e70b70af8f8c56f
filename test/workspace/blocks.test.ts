import { checkAttachments, checkBlocks, checkMetadata, checkView } from '../../src/workspace/blocks/check';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const section = (text: string, more: object = {}) => ({ type: 'section', text: mrkdwn(text), ...more });
const button = (more: object = {}) => ({ type: 'button', action_id: 'go', text: plain('Go'), ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const option = (value: string) => ({ text: plain(value), value });
const input = (element: object, more: object = {}) => ({ type: 'input', label: plain('Label'), element, ...more });
const raw = (text: string) => ({ type: 'raw_text', text });
const rich = (...elements: object[]) => ({ type: 'rich_text', elements });
const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

const lines = (flaws: { message: string; pointer: string }[]) =>
  flaws.map(({ message, pointer }) => `${message} [json-pointer:${pointer}]`);

describe('blocks that a message may hold', () => {
  it.each<[string, object[]]>([
    ['a header', [{ type: 'header', text: plain('x'.repeat(150)) }]],
    ['a section with text of 3,000 characters', [section('x'.repeat(3000))]],
    ['ten fields', [{ type: 'section', fields: many(10, () => mrkdwn('x'.repeat(2000))) }]],
    ['twenty-five buttons', [actions(...many(25, (i) => button({ action_id: `go-${i}` })))]],
    [
      'a button with everything',
      [
        actions(
          button({
            style: 'danger',
            value: 'v',
            url: 'https://a.example',
            accessibility_label: 'Go',
            confirm: {
              title: plain('t'),
              text: mrkdwn('x'),
              confirm: plain('Yes'),
              deny: plain('No'),
              style: 'danger',
            },
          }),
        ),
      ],
    ],
    [
      'an overflow menu',
      [section('x', { accessory: { type: 'overflow', action_id: 'more', options: [option('a')] } })],
    ],
    [
      'a menu in groups',
      [
        actions({
          type: 'static_select',
          action_id: 's',
          option_groups: [{ label: plain('g'), options: [option('a')] }],
          initial_option: option('a'),
        }),
      ],
    ],
    [
      'a context line',
      [
        {
          type: 'context',
          elements: [mrkdwn('x'), { type: 'image', image_url: 'https://a.example/a.png', alt_text: 'a' }],
        },
      ],
    ],
    ['rich text', [rich({ type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'log' }] })]],
    [
      'a list in rich text',
      [
        rich({
          type: 'rich_text_list',
          style: 'bullet',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'user', user_id: 'U1' }] }],
        }),
      ],
    ],
    [
      'a table',
      [
        {
          type: 'table',
          rows: [
            [raw('a'), raw('b')],
            [{ type: 'raw_number', value: 1, text: '1' }, rich()],
          ],
          column_settings: [{ align: 'right' }],
        },
      ],
    ],
    ['a data table', [{ type: 'data_table', caption: 'c', rows: [[raw('a')], [raw('b')]], page_size: 5 }]],
    ['markdown', [{ type: 'markdown', text: '# x' }]],
    ['a plan', [{ type: 'plan', title: 'Backfill', tasks: [{ task_id: '1', title: 'one', status: 'pending' }] }]],
    [
      'a container',
      [
        {
          type: 'container',
          title: plain('t'),
          child_blocks: [section('x')],
          is_collapsible: true,
          default_collapsed: true,
        },
      ],
    ],
    [
      'feedback buttons',
      [
        {
          type: 'context_actions',
          elements: [
            {
              type: 'feedback_buttons',
              action_id: 'f',
              positive_button: { text: plain('+'), value: '1' },
              negative_button: { text: plain('-'), value: '0' },
            },
          ],
        },
      ],
    ],
    ['an image from a file of ours', [{ type: 'image', slack_file: { id: 'F1' }, alt_text: 'chart' }]],
    ['fifty blocks', many(50, () => ({ type: 'divider' }))],
  ])('%s', (_title, blocks) => {
    expect(lines(checkBlocks(blocks, 'message'))).toEqual([]);
  });
});

describe('blocks that are refused', () => {
  it.each<[string, object[], string]>([
    ['a 51st block', many(51, () => ({ type: 'divider' })), 'no more than 50 items allowed [json-pointer:/blocks]'],
    [
      'a header over 150',
      [{ type: 'header', text: plain('x'.repeat(151)) }],
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a header in mrkdwn',
      [{ type: 'header', text: mrkdwn('x') }],
      'must be one of: plain_text [json-pointer:/blocks/0/text/type]',
    ],
    ['an empty text', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    [
      'a text over 3,000',
      [section('x'.repeat(3001))],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a field over 2,000',
      [{ type: 'section', fields: [plain('x'.repeat(2001))] }],
      'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
    ],
    [
      'an eleventh field',
      [{ type: 'section', fields: many(11, () => plain('x')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    ],
    [
      'a section with nothing',
      [{ type: 'section' }],
      'must have at least one of text and fields [json-pointer:/blocks/0]',
    ],
    ['an unknown block', [{ type: 'marquee' }], 'unsupported type: marquee [json-pointer:/blocks/0/type]'],
    ['a block without a type', [{ text: 'x' }], 'missing required field: type [json-pointer:/blocks/0]'],
    [
      'an unknown field',
      [section('x', { colour: 'red' })],
      'invalid additional property: colour [json-pointer:/blocks/0]',
    ],
    ['a missing field', [{ type: 'header' }], 'missing required field: text [json-pointer:/blocks/0]'],
    [
      'a repeated block id',
      [section('x', { block_id: 'a' }), section('y', { block_id: 'a' })],
      'block_id already exists: a [json-pointer:/blocks/1/block_id]',
    ],
    [
      'a repeated action id in a block',
      [actions(button(), button())],
      'action_id already exists in this block: go [json-pointer:/blocks/0]',
    ],
    [
      'an action id over 255',
      [actions(button({ action_id: 'x'.repeat(256) }))],
      'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
    ],
    [
      'a 26th button',
      [actions(...many(26, (i) => button({ action_id: `${i}` })))],
      'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'a button text over 75',
      [actions(button({ text: plain('x'.repeat(76)) }))],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a button value over 2,000',
      [actions(button({ value: 'x'.repeat(2001) }))],
      'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
    ],
    [
      'an unknown button style',
      [actions(button({ style: 'warning' }))],
      'must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'a text input outside an input block',
      [actions({ type: 'plain_text_input', action_id: 'x' })],
      'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'a button in a context line',
      [{ type: 'context', elements: [button()] }],
      'unsupported type: button [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'an eleventh context element',
      [{ type: 'context', elements: many(11, () => mrkdwn('x')) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'a sixth overflow option',
      [section('x', { accessory: { type: 'overflow', action_id: 'm', options: many(6, (i) => option(`${i}`)) } })],
      'no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]',
    ],
    [
      'an option value over 75',
      [actions({ type: 'static_select', action_id: 's', options: [{ text: plain('x'), value: 'v'.repeat(76) }] })],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/value]',
    ],
    [
      'a menu with options and groups',
      [
        actions({
          type: 'static_select',
          action_id: 's',
          options: [option('a')],
          option_groups: [{ label: plain('g'), options: [option('a')] }],
        }),
      ],
      'must have exactly one of options and option_groups [json-pointer:/blocks/0/elements/0]',
    ],
    [
      'an initial option that is not offered',
      [actions({ type: 'static_select', action_id: 's', options: [option('a')], initial_option: option('b') })],
      'must be one of the given options [json-pointer:/blocks/0/elements/0/initial_option]',
    ],
    [
      'a confirm text over 300',
      [actions(button({ confirm: { text: plain('x'.repeat(301)) } }))],
      'must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]',
    ],
    [
      'an image without alt text',
      [{ type: 'image', image_url: 'https://a.example/a.png' }],
      'missing required field: alt_text [json-pointer:/blocks/0]',
    ],
    [
      'an image with two sources',
      [{ type: 'image', image_url: 'https://a.example/a.png', slack_file: { id: 'F1' }, alt_text: 'a' }],
      'must have exactly one of image_url and slack_file [json-pointer:/blocks/0]',
    ],
    [
      'a second table',
      [
        { type: 'table', rows: [[raw('a')]] },
        { type: 'table', rows: [[raw('a')]] },
      ],
      'only one table is allowed [json-pointer:/blocks]',
    ],
    [
      'a table over 10,000 characters',
      [{ type: 'table', rows: many(3, () => [raw('x'.repeat(4000))]) }],
      'cells of table blocks must hold less than 10001 characters [json-pointer:/blocks]',
    ],
    [
      'markdown over 12,000 together',
      [
        { type: 'markdown', text: 'x'.repeat(7000) },
        { type: 'markdown', text: 'x'.repeat(7000) },
      ],
      'markdown blocks must hold less than 12001 characters together [json-pointer:/blocks]',
    ],
    [
      'a data table with uneven rows',
      [{ type: 'data_table', caption: 'c', rows: [[raw('a')], [raw('a'), raw('b')]] }],
      'must have rows of one width [json-pointer:/blocks/0/rows]',
    ],
    [
      'an alert in a message',
      [{ type: 'alert', text: plain('x') }],
      'unsupported type: alert [json-pointer:/blocks/0/type]',
    ],
    [
      'a file block',
      [{ type: 'file', external_id: 'x', source: 'remote' }],
      'unsupported type: file [json-pointer:/blocks/0/type]',
    ],
    [
      'a container in a container',
      [
        {
          type: 'container',
          title: plain('t'),
          child_blocks: [{ type: 'container', title: plain('t'), child_blocks: [section('x')] }],
        },
      ],
      'unsupported type: container [json-pointer:/blocks/0/child_blocks/0/type]',
    ],
    [
      'a file input in a message',
      [input({ type: 'file_input', action_id: 'f' })],
      'unsupported type: file_input [json-pointer:/blocks/0/element]',
    ],
    [
      'a bad date',
      [actions({ type: 'datepicker', action_id: 'd', initial_date: '24.11.2026' })],
      'must be YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]',
    ],
    [
      'a bad zone',
      [actions({ type: 'timepicker', action_id: 't', timezone: 'Berlin' })],
      'must be an IANA time zone [json-pointer:/blocks/0/elements/0/timezone]',
    ],
    [
      'a link without a scheme',
      [actions(button({ url: 'a.example' }))],
      'must be a valid URL [json-pointer:/blocks/0/elements/0/url]',
    ],
    [
      'an empty rich text',
      [rich({ type: 'rich_text_section', elements: [{ type: 'text', text: '' }] })],
      'must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]',
    ],
    [
      'a mention in preformatted text',
      [rich({ type: 'rich_text_preformatted', elements: [{ type: 'user', user_id: 'U1' }] })],
      'unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]',
    ],
    [
      'a null where something may be left out',
      [section('x', { accessory: null })],
      'must be an object [json-pointer:/blocks/0/accessory]',
    ],
  ])('%s', (_title, blocks, line) => {
    expect(lines(checkBlocks(blocks, 'message'))).toContain(line);
  });

  it('tells every flaw at once', () => {
    const flaws = checkBlocks([section(''), { type: 'header', text: plain('x'.repeat(200)), extra: 1 }], 'message');
    expect(flaws.map(({ pointer }) => pointer)).toEqual(['/blocks/0/text/text', '/blocks/1/text/text', '/blocks/1']);
  });
});

describe('views', () => {
  const modal = (more: object = {}) => ({ type: 'modal', title: plain('Title'), blocks: [section('x')], ...more });
  const ask = input({ type: 'plain_text_input', action_id: 'a' });

  it.each<[string, object]>([
    ['a modal', modal()],
    ['a modal with a form', modal({ submit: plain('Save'), blocks: [ask], private_metadata: 'x'.repeat(3000) })],
    ['an alert in a modal', modal({ blocks: [{ type: 'alert', text: plain('x'), level: 'error' }] })],
    ['a Home tab of 100 blocks', { type: 'home', blocks: many(100, () => section('x')) }],
    ['a Home tab with a form field', { type: 'home', blocks: [ask] }],
  ])('takes %s', (_title, view) => {
    expect(lines(checkView({ ...view }))).toEqual([]);
  });

  it.each<[string, object, string]>([
    [
      'a title over 24',
      modal({ title: plain('x'.repeat(25)) }),
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    ['a form without submit', modal({ blocks: [ask] }), 'missing required field: submit [json-pointer:/view]'],
    [
      'markdown in a modal',
      modal({ blocks: [{ type: 'markdown', text: 'x' }] }),
      'unsupported type: markdown [json-pointer:/view/blocks/0/type]',
    ],
    [
      'private metadata over 3,000',
      modal({ private_metadata: 'x'.repeat(3001) }),
      'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ],
    [
      'a title on a Home tab',
      { type: 'home', title: plain('x'), blocks: [] },
      'invalid additional property: title [json-pointer:/view]',
    ],
    [
      '101 blocks',
      modal({ blocks: many(101, () => ({ type: 'divider' })) }),
      'no more than 100 items allowed [json-pointer:/view/blocks]',
    ],
    [
      'two focused fields',
      modal({
        submit: plain('x'),
        blocks: ['a', 'b'].map((id) => input({ type: 'plain_text_input', action_id: id, focus_on_load: true })),
      }),
      'only one element may have focus_on_load [json-pointer:/view/blocks]',
    ],
    [
      'a number range upside down',
      modal({
        submit: plain('x'),
        blocks: [input({ type: 'number_input', is_decimal_allowed: false, min_value: '9', max_value: '1' })],
      }),
      'must not exceed max_value [json-pointer:/view/blocks/0/element/min_value]',
    ],
    [
      'response_url outside an input',
      modal({ blocks: [actions({ type: 'conversations_select', action_id: 'c', response_url_enabled: true })] }),
      'response_url_enabled is only for input blocks of a modal [json-pointer:/view/blocks/0]',
    ],
    ['an unknown kind', { type: 'sheet', blocks: [] }, 'unsupported type: sheet [json-pointer:/view/type]'],
  ])('refuses %s', (_title, view, line) => {
    expect(lines(checkView({ ...view }))).toContain(line);
  });
});

describe('attachments and metadata', () => {
  it('takes a coloured bar with blocks', () => {
    expect(checkAttachments([{ color: '#d00000', blocks: [section('x')], fallback: 'x' }])).toEqual([]);
  });
  it('refuses a colour by name, an unknown field, an empty one and bad blocks inside', () => {
    expect(
      checkAttachments([
        { color: 'red', text: 'x' },
        { text: 'x', colour: 'good' },
        {},
        { blocks: [{ type: 'nope' }] },
      ]).map(({ pointer }) => pointer),
    ).toEqual(['/attachments/0/color', '/attachments/1', '/attachments/2', '/attachments/3/blocks/0/type']);
  });
  it('takes metadata of flat values only', () => {
    expect(
      checkMetadata({ event_type: 'post', event_payload: { id: 'x', n: 1, flat: { a: 'b' }, list: [{ a: 1 }] } }),
    ).toEqual([]);
    expect(checkMetadata({ event_type: 'post', event_payload: { deep: { a: { b: 1 } } } })).not.toEqual([]);
    expect(checkMetadata({ event_payload: {} })).not.toEqual([]);
    expect(checkMetadata({ event_type: 'post', event_payload: {}, more: 1 })).not.toEqual([]);
  });
});
