import { z } from 'zod';
import { controlsIn } from '../form';
import { limits } from '../limits';
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '../wire';
import { block, type Surface, surfacesOf } from './blocks';
import { type Flaw, flawsOf } from './flaws';
import { plain } from './parts';

export type { Flaw } from './flaws';

const isKnown = (type: unknown): type is keyof typeof surfacesOf => typeof type === 'string' && type in surfacesOf;

function oneBlock(given: unknown, surface: Surface, at: string): Flaw[] {
  const result = block.safeParse(given);
  if (!result.success) {
    if (!isObject(given)) return [{ pointer: at, code: 'invalid_type', message: 'must be an object' }];
    return flawsOf(result.error.issues, given, at);
  }
  if (!surfacesOf[result.data.type].includes(surface))
    return [{ pointer: `${at}/type`, code: 'unsupported_type', message: `unsupported type: ${result.data.type}` }];
  return [];
}

/** What holds between blocks: ids that must not repeat, and counts over all of them. */
function together(blocks: unknown[], surface: Surface, at: string): Flaw[] {
  const flaws: Flaw[] = [];
  const seen = new Set<string>();
  for (const [index, given] of blocks.entries()) {
    const one = objectOf(given);
    const id = textOf(one.block_id);
    if (id) {
      if (seen.has(id))
        flaws.push({
          pointer: `${at}/${index}/block_id`,
          code: 'duplicate_block_id',
          message: `block_id already exists: ${id}`,
        });
      seen.add(id);
    }
    const actionIds = new Set<string>();
    for (const { element } of controlsIn([one])) {
      const actionId = textOf(element.action_id);
      if (actionId && actionIds.has(actionId))
        flaws.push({
          pointer: `${at}/${index}`,
          code: 'duplicate_action_id',
          message: `action_id already exists in this block: ${actionId}`,
        });
      if (actionId) actionIds.add(actionId);
      if (element.type === 'file_input' && surface !== 'modal')
        flaws.push({
          pointer: `${at}/${index}/element`,
          code: 'unsupported_type',
          message: 'unsupported type: file_input',
        });
      if (element.response_url_enabled === true && (surface !== 'modal' || one.type !== 'input'))
        flaws.push({
          pointer: `${at}/${index}`,
          code: 'response_url_enabled',
          message: 'response_url_enabled is only for input blocks of a modal',
        });
    }
  }
  const focused = controlsIn(objectsOf(blocks)).filter(({ element }) => element.focus_on_load === true);
  if (focused.length > 1)
    flaws.push({ pointer: at, code: 'focus_on_load', message: 'only one element may have focus_on_load' });
  return [...flaws, ...counts(objectsOf(blocks), at)];
}

const letters = (value: unknown): number => {
  if (Array.isArray(value)) return value.reduce((sum: number, entry) => sum + letters(entry), 0);
  if (!isObject(value)) return 0;
  return (textOf(value.text)?.length ?? 0) + letters(value.elements);
};

function counts(blocks: JsonObject[], at: string): Flaw[] {
  const flaws: Flaw[] = [];
  const inside = blocks.flatMap((one) => (one.type === 'container' ? objectsOf(one.child_blocks) : [one]));
  const ofType = (type: string) => inside.filter((one) => one.type === type);
  const flaw = (code: string, message: string) => flaws.push({ pointer: at, code, message });
  if (ofType('table').length > limits.blocks.table.perMessageMax)
    flaw('only_one_table_allowed', 'only one table is allowed');
  if (ofType('plan').length > limits.blocks.plan.perMessageMax)
    flaw('only_one_plan_allowed', 'only one plan is allowed');
  const markdown = ofType('markdown').reduce((sum, one) => sum + (textOf(one.text)?.length ?? 0), 0);
  if (markdown > limits.blocks.markdown.sumPerPayloadMax)
    flaw(
      'too_long',
      `markdown blocks must hold less than ${limits.blocks.markdown.sumPerPayloadMax + 1} characters together`,
    );
  for (const type of ['table', 'data_table'] as const)
    if (ofType(type).reduce((sum, one) => sum + letters(one.rows), 0) > limits.blocks[type].charsPerMessageMax)
      flaw(
        'too_long',
        `cells of ${type} blocks must hold less than ${limits.blocks[type].charsPerMessageMax + 1} characters`,
      );
  return flaws;
}

/** Every flaw of a list of blocks for a surface; empty when Slack would take it. */
export function checkBlocks(blocks: unknown[], surface: Surface, at = '/blocks'): Flaw[] {
  const max = limits.blocksPer[surface];
  if (blocks.length > max) return [{ pointer: at, code: 'too_many', message: `no more than ${max} items allowed` }];
  return [
    ...blocks.flatMap((one, index) => oneBlock(one, surface, `${at}/${index}`)),
    ...together(blocks, surface, at),
  ];
}

const attachment = z.strictObject({
  id: z.number().optional(),
  blocks: z.array(z.unknown()).optional(),
  fallback: z.string().optional(),
  color: z
    .string()
    .regex(/^(good|warning|danger|#?[0-9a-fA-F]{6}|#[0-9a-fA-F]{3})$/, 'must be good, warning, danger or a hex colour')
    .optional(),
  pretext: z.string().optional(),
  author_name: z.string().optional(),
  author_link: z.string().optional(),
  author_icon: z.string().optional(),
  author_subname: z.string().optional(),
  title: z.string().optional(),
  title_link: z.string().optional(),
  text: z.string().optional(),
  fields: z.array(z.strictObject({ title: z.string(), value: z.string(), short: z.boolean().optional() })).optional(),
  image_url: z.string().optional(),
  thumb_url: z.string().optional(),
  footer: z.string().max(limits.message.attachmentFooterMax).optional(),
  footer_icon: z.string().optional(),
  ts: z.union([z.string(), z.number()]).optional(),
  callback_id: z.string().optional(),
  mrkdwn_in: z.array(z.enum(['pretext', 'text', 'fields'])).optional(),
  from_url: z.string().optional(),
  original_url: z.string().optional(),
  app_unfurl_url: z.string().optional(),
  is_app_unfurl: z.boolean().optional(),
  app_id: z.string().optional(),
  bot_id: z.string().optional(),
  preview: z.record(z.string(), z.unknown()).optional(),
  hide_border: z.boolean().optional(),
  hide_color: z.boolean().optional(),
});

export function checkAttachments(attachments: unknown[]): Flaw[] {
  return attachments.flatMap((given, index) => {
    const at = `/attachments/${index}`;
    const result = attachment.safeParse(given);
    if (!result.success) return flawsOf(result.error.issues, given, at);
    const { blocks, ...rest } = result.data;
    const nothing =
      !blocks?.length &&
      !['text', 'pretext', 'fallback', 'title', 'image_url', 'fields', 'author_name', 'footer'].some(
        (key) => key in rest,
      );
    if (nothing) return [{ pointer: at, code: 'empty', message: 'must have something to show' }];
    return blocks ? checkBlocks(blocks, 'message', `${at}/blocks`) : [];
  });
}

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const flat = z.record(z.string(), scalar);
const metadata = z.strictObject({
  event_type: z.string().min(1).max(255),
  event_payload: z.record(z.string(), z.union([scalar, flat, z.array(flat)])),
});

export function checkMetadata(given: JsonObject): Flaw[] {
  const result = metadata.safeParse(given);
  return result.success ? [] : flawsOf(result.error.issues, given, '/metadata');
}

const viewFields = {
  blocks: z.array(z.unknown()),
  private_metadata: z.string().max(limits.views.privateMetadataMax).optional(),
  callback_id: z.string().max(limits.views.callbackIdMax).optional(),
  external_id: z.string().max(limits.views.externalIdMax).optional(),
};

const view = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('modal'),
    title: plain(limits.views.titleMax),
    submit: plain(limits.views.submitMax).optional(),
    close: plain(limits.views.closeMax).optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    submit_disabled: z.boolean().optional(),
    ...viewFields,
  }),
  z.strictObject({ type: z.literal('home'), ...viewFields }),
]);

/** Every flaw of a modal or Home tab. */
export function checkView(given: JsonObject): Flaw[] {
  const result = view.safeParse(given);
  if (!result.success) return flawsOf(result.error.issues, given, '/view');
  const blocks = result.data.blocks;
  const flaws = checkBlocks(blocks, result.data.type, '/view/blocks');
  const asks = objectsOf(blocks).some((one) => isKnown(one.type) && one.type === 'input');
  if (result.data.type === 'modal' && asks && result.data.submit === undefined)
    flaws.push({ pointer: '/view', code: 'missing_field', message: 'missing required field: submit' });
  return flaws;
}
