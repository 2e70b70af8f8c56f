import { control } from './controls.js';
import { h, link, safeUrl } from './dom.js';
import { pictured } from './emoji-art.js';
import { markdown } from './markdown.js';
import { plainText, textNodes } from './mrkdwn.js';
import { richText } from './rich-text.js';
import { session } from './session.js';

function imageSource(image) {
  if (image.image_url) return safeUrl(image.image_url);
  const file =
    session.server.files[image.slack_file?.id] ??
    Object.values(session.server.files).find((entry) =>
      [entry.url_private, entry.permalink].includes(image.slack_file?.url),
    );
  return file?.url_private;
}

const picture = (image, className) =>
  h('img', {
    class: className,
    src: imageSource(image),
    alt: image.alt_text ?? '',
    title: image.alt_text,
    loading: 'lazy',
  });

const cell = (entry) => (entry?.type === 'rich_text' ? richText(entry) : pictured(entry?.text ?? ''));

function table(block) {
  const [head, ...body] = block.rows;
  const align = (node, index) => {
    const settings = block.column_settings?.[index];
    node.style.textAlign = settings?.align ?? (block.rows[1]?.[index]?.type === 'raw_number' ? 'right' : 'left');
    if (settings?.is_wrapped) node.style.whiteSpace = 'normal';
    return node;
  };
  return h(
    'div',
    { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': block.caption ?? 'Table' },
    h(
      'table',
      { class: 'grid' },
      block.caption ? h('caption', {}, block.caption) : null,
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          head.map((entry, index) => align(h('th', { scope: 'col' }, cell(entry)), index)),
        ),
      ),
      h(
        'tbody',
        {},
        body.map((row) =>
          h(
            'tr',
            {},
            row.map((entry, index) => align(h('td', {}, cell(entry)), index)),
          ),
        ),
      ),
    ),
  );
}

/** A table that shows one page of rows at a time. */
function dataTable(block) {
  const size = block.page_size ?? 5;
  const [head, ...body] = block.rows;
  const pages = Math.max(1, Math.ceil(body.length / size));
  const node = h('div', { class: 'data-table' });
  const draw = (page) => {
    const turn = (to, label) =>
      h(
        'button',
        { type: 'button', class: 'button small', disabled: to < 0 || to >= pages, onclick: () => draw(to) },
        label,
      );
    node.replaceChildren(
      table({ ...block, rows: [head, ...body.slice(page * size, (page + 1) * size)] }),
      ...(pages > 1
        ? [
            h(
              'nav',
              { class: 'pages' },
              turn(page - 1, '‹ Previous'),
              h('span', {}, `${page + 1} of ${pages}`),
              turn(page + 1, 'Next ›'),
            ),
          ]
        : []),
    );
  };
  draw(0);
  return node;
}

const taskMarks = { pending: '○', in_progress: '◐', complete: '●', error: '✕' };

function task(entry) {
  return h(
    'li',
    { class: `task ${entry.status}` },
    h(
      'span',
      { class: 'mark', role: 'img', 'aria-label': entry.status.replace('_', ' ') },
      taskMarks[entry.status] ?? '○',
    ),
    h(
      'div',
      {},
      h('strong', {}, entry.title),
      entry.details ? h('div', { class: 'text' }, richText(entry.details)) : null,
      entry.output ? h('div', { class: 'text' }, richText(entry.output)) : null,
      (entry.sources ?? []).map((source) => h('div', {}, link(source.url, source.text))),
    ),
  );
}

function card(block, place) {
  return h(
    'article',
    { class: 'card' },
    block.hero_image ? picture(block.hero_image, 'hero') : null,
    h(
      'div',
      { class: 'card-head' },
      block.icon ? picture(block.icon, 'card-icon') : null,
      h(
        'div',
        {},
        block.title ? h('strong', {}, textNodes(block.title)) : null,
        block.subtitle ? h('small', {}, textNodes(block.subtitle)) : null,
      ),
    ),
    block.body ? h('div', { class: 'text' }, textNodes(block.body)) : null,
    block.actions
      ? h(
          'div',
          { class: 'block-actions' },
          block.actions.map((element) => control(block, element, place)),
        )
      : null,
  );
}

function container(block, place) {
  const title = [
    block.icon ? picture(block.icon, 'card-icon') : null,
    h(
      'span',
      { class: 'container-title' },
      block.rich_text_title ? richText(block.rich_text_title) : h('strong', {}, plainText(block.title)),
      block.subtitle ? h('small', {}, textNodes(block.subtitle)) : null,
    ),
  ];
  const inside = h('div', { class: 'container-body' }, blocks(block.child_blocks, place));
  if (!block.is_collapsible) return h('section', { class: 'container' }, h('header', {}, title), inside);
  return h('details', { class: 'container', open: !block.default_collapsed }, h('summary', {}, title), inside);
}

function input(block, place) {
  const id = place.idOf?.(block.element);
  const grouped = ['checkboxes', 'radio_buttons', 'multi_static_select'].includes(block.element.type);
  return h(
    'div',
    { class: 'field', 'data-block': block.block_id },
    h(
      grouped || !id ? 'span' : 'label',
      { class: 'label', for: grouped ? undefined : id },
      plainText(block.label),
      block.optional ? h('span', { class: 'optional' }, ' (optional)') : null,
    ),
    control(block, block.element, place),
    block.hint ? h('p', { class: 'hint' }, plainText(block.hint)) : null,
    h('p', { class: 'field-error', role: 'alert', hidden: true }),
  );
}

function section(block, place) {
  const image = block.accessory?.type === 'image';
  return h(
    'div',
    { class: `block-section${image ? ' with-image' : ''}` },
    h(
      'div',
      { class: 'section-text' },
      block.text ? h('div', { class: 'text' }, textNodes(block.text)) : null,
      block.fields
        ? h(
            'div',
            { class: 'fields' },
            block.fields.map((field) => h('div', { class: 'text' }, textNodes(field))),
          )
        : null,
    ),
    block.accessory
      ? h(
          'div',
          { class: 'accessory' },
          image ? picture(block.accessory, 'thumb') : control(block, block.accessory, place),
        )
      : null,
  );
}

function one(block, place) {
  switch (block.type) {
    case 'header':
      return h('h3', { class: 'block-header' }, plainText(block.text));
    case 'section':
      return section(block, place);
    case 'divider':
      return h('hr');
    case 'context':
      return h(
        'div',
        { class: 'block-context' },
        block.elements.map((element) =>
          element.type === 'image' ? picture(element, 'context-image') : h('span', {}, textNodes(element)),
        ),
      );
    case 'actions':
    case 'context_actions':
      return h(
        'div',
        { class: 'block-actions' },
        block.elements.map((element) => control(block, element, place)),
      );
    case 'image':
      return h(
        'figure',
        {},
        block.title ? h('figcaption', {}, plainText(block.title)) : null,
        picture(block, 'picture'),
      );
    case 'input':
      return input(block, place);
    case 'markdown':
      return h('div', { class: 'text markdown' }, markdown(block.text));
    case 'rich_text':
      return h('div', { class: 'text rich' }, richText(block));
    case 'table':
      return table(block);
    case 'data_table':
      return dataTable(block);
    case 'card':
      return card(block, place);
    case 'carousel':
      return h(
        'div',
        { class: 'carousel', tabindex: '0', role: 'region', 'aria-label': 'Cards' },
        block.elements.map((element) => card({ ...element, block_id: element.block_id ?? block.block_id }, place)),
      );
    case 'container':
      return container(block, place);
    case 'alert':
      return h('div', { class: `alert ${block.level ?? 'default'}`, role: 'note' }, textNodes(block.text));
    case 'task_card':
      return h('ul', { class: 'tasks' }, task(block));
    case 'plan':
      return h(
        'div',
        { class: 'plan' },
        h('strong', {}, block.title),
        h('ul', { class: 'tasks' }, (block.tasks ?? []).map(task)),
      );
    case 'video':
      return h('div', { class: 'card' }, link(block.title_url ?? block.video_url, plainText(block.title)));
    default:
      return h('p', { class: 'hint' }, `(${block.type})`);
  }
}

/** @returns a node for each block */
export const blocks = (list, place) =>
  list.map((block) => h('div', { class: `block is-${block.type}` }, one(block, place)));
