import { z } from 'zod';
import { limits } from '../limits';

const { composition, ids } = limits;

/** Characters between two bounds, both included. */
export const chars = (max: number, min = 1) => z.string().min(min).max(max);

export const blockId = z.string().max(ids.blockIdMax).optional();
export const actionId = chars(ids.actionIdMax).optional();

export const plain = (max: number = composition.plain_text.textMax) =>
  z.strictObject({ type: z.literal('plain_text'), text: chars(max), emoji: z.boolean().optional() });

export const mrkdwn = (max: number = composition.mrkdwn.textMax) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: chars(max), verbatim: z.boolean().optional() });

export const anyText = (max: number = composition.plain_text.textMax) =>
  z.discriminatedUnion('type', [plain(max), mrkdwn(max)]);

/** An address that a browser can open. */
export const link = (max: number) => chars(max).refine((text) => URL.canParse(text), 'must be a valid URL');

export const style = z.enum(['primary', 'danger']).optional();

export const confirm = z
  .strictObject({
    title: plain(composition.confirm.titleMax).optional(),
    text: anyText(composition.confirm.textMax),
    confirm: plain(composition.confirm.confirmMax).optional(),
    deny: plain(composition.confirm.denyMax).optional(),
    style,
  })
  .optional();

export const placeholder = (max: number) => plain(max).optional();

const { option: optionLimits, option_group: groupLimits } = composition;

/** An option of a menu: plain text only. */
export const option = z.strictObject({
  text: plain(optionLimits.textMax),
  value: chars(optionLimits.valueMax),
  description: plain(optionLimits.descriptionMax).optional(),
});

/** An option of checkboxes or radio buttons: may be formatted. */
export const formattedOption = z.strictObject({
  text: anyText(optionLimits.textMax),
  value: chars(optionLimits.valueMax),
  description: anyText(optionLimits.descriptionMax).optional(),
});

/** An option of an overflow menu: may be a link. */
export const linkOption = z.strictObject({
  text: plain(optionLimits.textMax),
  value: chars(optionLimits.valueMax).optional(),
  description: plain(optionLimits.descriptionMax).optional(),
  url: link(optionLimits.urlMax).optional(),
});

export const optionGroup = z.strictObject({
  label: plain(groupLimits.labelMax),
  options: z.array(option).min(groupLimits.optionsMin).max(groupLimits.optionsMax),
});

const slackFile = z
  .strictObject({ id: chars(255).optional(), url: link(3000).optional() })
  .refine((file) => (file.id === undefined) !== (file.url === undefined), 'must have exactly one of id and url');

/** The fields that image blocks and image elements share. */
export const imageFields = {
  image_url: link(limits.elements.image.imageUrlMax)
    .refine((text) => /^https?:/.test(text), 'must be an http or https URL')
    .optional(),
  slack_file: slackFile.optional(),
  alt_text: chars(limits.elements.image.altTextMax),
};

export const oneSource = (image: { image_url?: unknown; slack_file?: unknown }) =>
  (image.image_url === undefined) !== (image.slack_file === undefined);

export const oneSourceMessage = 'must have exactly one of image_url and slack_file';

export const dispatchConfig = z
  .strictObject({
    trigger_actions_on: z
      .array(z.enum(['on_enter_pressed', 'on_character_entered']))
      .min(1)
      .max(composition.dispatch_action_config.triggerActionsOnMax)
      .optional(),
  })
  .optional();
