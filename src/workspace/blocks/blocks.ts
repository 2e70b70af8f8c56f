import { z } from 'zod';
import { limits } from '../limits';
import { accessory, actionsElement, button, contextAction, image, inputElement, urlSource } from './elements';
import { anyText, blockId, chars, imageFields, link, mrkdwn, oneSource, oneSourceMessage, plain } from './parts';
import { richText } from './rich-text';

const { blocks } = limits;

const actions = z.strictObject({
  type: z.literal('actions'),
  block_id: blockId,
  elements: z.array(actionsElement).min(1).max(blocks.actions.elementsMax),
});

const alert = z.strictObject({
  type: z.literal('alert'),
  block_id: blockId,
  text: anyText(blocks.alert.textMax),
  level: z.enum(['default', 'info', 'warning', 'error', 'success']).optional(),
});

const card = z
  .strictObject({
    type: z.literal('card'),
    block_id: blockId,
    hero_image: image.optional(),
    icon: image.optional(),
    title: mrkdwn(blocks.card.titleMax).optional(),
    subtitle: mrkdwn(blocks.card.subtitleMax).optional(),
    body: mrkdwn(blocks.card.bodyMax).optional(),
    actions: z.array(button).min(1).max(blocks.card.actionsMax).optional(),
  })
  .refine(
    (block) => [block.hero_image, block.title, block.actions, block.body].some((part) => part !== undefined),
    'must have at least one of hero_image, title, actions and body',
  );

const carousel = z.strictObject({
  type: z.literal('carousel'),
  block_id: blockId,
  elements: z.array(card).min(blocks.carousel.elementsMin).max(blocks.carousel.elementsMax),
});

const context = z.strictObject({
  type: z.literal('context'),
  block_id: blockId,
  elements: z
    .array(z.discriminatedUnion('type', [image, plain(), mrkdwn()]))
    .min(1)
    .max(blocks.context.elementsMax),
});

const contextActions = z.strictObject({
  type: z.literal('context_actions'),
  block_id: blockId,
  elements: z.array(contextAction).min(1).max(blocks.context_actions.elementsMax),
});

const rawText = z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) });
const rawNumber = z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().min(1) });
const cell = z.discriminatedUnion('type', [richText, rawText, rawNumber]);

const dataTable = z
  .strictObject({
    type: z.literal('data_table'),
    block_id: blockId,
    caption: z.string().min(1),
    rows: z
      .array(z.array(cell).min(blocks.data_table.columnsMin).max(blocks.data_table.columnsMax))
      .min(blocks.data_table.rowsMin)
      .max(blocks.data_table.rowsMax),
    page_size: z.int().min(blocks.data_table.pageSizeMin).max(blocks.data_table.pageSizeMax).optional(),
    row_header_column_index: z.int().min(0).optional(),
  })
  .refine((table) => table.rows.every((row) => row.length === table.rows[0]?.length), {
    path: ['rows'],
    error: 'must have rows of one width',
  })
  .refine((table) => table.rows[0]?.every((entry) => entry.type !== 'rich_text') ?? true, {
    path: ['rows', 0],
    error: 'must not hold rich_text in the header row',
  })
  .refine((table) => (table.row_header_column_index ?? 0) < (table.rows[0]?.length ?? 1), {
    path: ['row_header_column_index'],
    error: 'must be a column of the table',
  });

const divider = z.strictObject({ type: z.literal('divider'), block_id: blockId });

const header = z.strictObject({ type: z.literal('header'), block_id: blockId, text: plain(blocks.header.textMax) });

const imageBlock = z
  .strictObject({
    type: z.literal('image'),
    block_id: blockId,
    ...imageFields,
    title: plain(blocks.image.titleMax).optional(),
  })
  .refine(oneSource, oneSourceMessage);

const input = z.strictObject({
  type: z.literal('input'),
  block_id: blockId,
  label: plain(blocks.input.labelMax),
  element: inputElement,
  hint: plain(blocks.input.hintMax).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
});

const markdown = z.strictObject({
  type: z.literal('markdown'),
  block_id: blockId,
  text: chars(blocks.markdown.textMax),
});

const section = z
  .strictObject({
    type: z.literal('section'),
    block_id: blockId,
    text: anyText(blocks.section.textMax).optional(),
    fields: z.array(anyText(blocks.section.fieldsTextMax)).min(1).max(blocks.section.fieldsMax).optional(),
    accessory: accessory.optional(),
    expand: z.boolean().optional(),
  })
  .refine(
    (block) => block.text !== undefined || block.fields !== undefined,
    'must have at least one of text and fields',
  );

const table = z.strictObject({
  type: z.literal('table'),
  block_id: blockId,
  rows: z.array(z.array(cell).min(1).max(blocks.table.columnsMax)).min(1).max(blocks.table.rowsMax),
  column_settings: z
    .array(
      z.strictObject({
        align: z.enum(['left', 'center', 'right']).optional(),
        is_wrapped: z.boolean().optional(),
      }),
    )
    .max(blocks.table.columnSettingsMax)
    .optional(),
});

const taskFields = {
  block_id: blockId,
  task_id: z.string().min(1),
  title: z.string().min(1),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
  details: richText.optional(),
  output: richText.optional(),
  sources: z.array(urlSource).optional(),
};
const taskCard = z.strictObject({ type: z.literal('task_card'), ...taskFields });

const plan = z.strictObject({
  type: z.literal('plan'),
  block_id: blockId,
  title: z.string().min(1),
  tasks: z.array(z.strictObject({ type: z.literal('task_card').optional(), ...taskFields })).optional(),
});

const video = z.strictObject({
  type: z.literal('video'),
  block_id: blockId,
  alt_text: chars(blocks.video.altTextMax),
  title: plain(blocks.video.titleMax),
  thumbnail_url: link(3000),
  video_url: link(3000).refine((text) => text.startsWith('https:'), 'must be an https URL'),
  title_url: link(3000)
    .refine((text) => text.startsWith('https:'), 'must be an https URL')
    .optional(),
  author_name: chars(blocks.video.authorNameMax).optional(),
  provider_name: chars(blocks.video.providerNameMax).optional(),
  provider_icon_url: link(3000).optional(),
  description: plain(blocks.video.descriptionMax).optional(),
});

const container = z
  .strictObject({
    type: z.literal('container'),
    block_id: blockId,
    title: plain(blocks.container.titleMax).optional(),
    rich_text_title: richText.optional(),
    subtitle: anyText(blocks.container.subtitleMax).optional(),
    // Narrower than the published types: live validation has been seen to refuse input, rich_text and file inside.
    child_blocks: z
      .array(z.discriminatedUnion('type', [actions, context, divider, header, imageBlock, section, table]))
      .min(blocks.container.childBlocksMin)
      .max(blocks.container.childBlocksMax),
    width: z.enum(['narrow', 'standard', 'wide', 'full']).optional(),
    icon: image.optional(),
    is_collapsible: z.boolean().optional(),
    default_collapsed: z.boolean().optional(),
    has_header_divider: z.boolean().optional(),
  })
  .refine(
    (block) => block.title !== undefined || block.rich_text_title !== undefined,
    'must have one of title and rich_text_title',
  )
  .refine((block) => block.default_collapsed === undefined || block.is_collapsible === true, {
    path: ['default_collapsed'],
    error: 'needs is_collapsible',
  })
  .refine((block) => block.has_header_divider !== true || block.is_collapsible !== true, {
    path: ['has_header_divider'],
    error: 'must not be set on a collapsible container',
  });

export const block = z.discriminatedUnion('type', [
  actions,
  alert,
  card,
  carousel,
  container,
  context,
  contextActions,
  dataTable,
  divider,
  header,
  imageBlock,
  input,
  markdown,
  plan,
  richText,
  section,
  table,
  taskCard,
  video,
]);

export type Surface = 'message' | 'modal' | 'home';

const everywhere: Surface[] = ['message', 'modal', 'home'];

/** Where each kind of block may stand. */
export const surfacesOf: Record<z.infer<typeof block>['type'], Surface[]> = {
  actions: everywhere,
  alert: ['modal'],
  card: ['message', 'home'],
  carousel: ['message', 'home'],
  container: everywhere,
  context: everywhere,
  context_actions: ['message'],
  data_table: ['message'],
  divider: everywhere,
  header: everywhere,
  image: everywhere,
  input: everywhere,
  markdown: ['message'],
  plan: ['message'],
  rich_text: everywhere,
  section: everywhere,
  table: ['message'],
  task_card: ['message'],
  video: everywhere,
};
