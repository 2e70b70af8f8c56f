import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { limits } from '../limits';
import {
  actionId,
  chars,
  confirm,
  dispatchConfig,
  formattedOption,
  imageFields,
  link,
  linkOption,
  oneSource,
  oneSourceMessage,
  option,
  optionGroup,
  placeholder,
  plain,
  style,
} from './parts';
import { richText } from './rich-text';

const { elements } = limits;
const focus = z.boolean().optional();

export const image = z.strictObject({ type: z.literal('image'), ...imageFields }).refine(oneSource, oneSourceMessage);

export const button = z.strictObject({
  type: z.literal('button'),
  action_id: actionId,
  text: plain(elements.button.textMax),
  value: z.string().max(elements.button.valueMax).optional(),
  url: link(elements.button.urlMax).optional(),
  style,
  confirm,
  accessibility_label: chars(elements.button.accessibilityLabelMax).optional(),
});

const workflowButton = z.strictObject({
  type: z.literal('workflow_button'),
  action_id: actionId,
  text: plain(elements.workflow_button.textMax),
  workflow: z.strictObject({
    trigger: z.strictObject({
      url: link(3000),
      customizable_input_parameters: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
    }),
  }),
  style,
  confirm,
  accessibility_label: chars(elements.workflow_button.accessibilityLabelMax).optional(),
});

const iconButton = z.strictObject({
  type: z.literal('icon_button'),
  action_id: actionId,
  icon: z.literal('trash'),
  text: plain(elements.icon_button.textMax),
  value: z.string().max(elements.icon_button.valueMax).optional(),
  confirm,
  accessibility_label: chars(elements.icon_button.accessibilityLabelMax).optional(),
  visible_to_user_ids: z.array(z.string()).max(elements.icon_button.visibleToUserIdsMax).optional(),
});

const feedbackButton = z.strictObject({
  text: plain(elements.feedback_buttons.buttonTextMax),
  value: z.string().max(elements.feedback_buttons.buttonValueMax),
  accessibility_label: chars(elements.feedback_buttons.accessibilityLabelMax).optional(),
});

const feedbackButtons = z.strictObject({
  type: z.literal('feedback_buttons'),
  action_id: actionId,
  positive_button: feedbackButton,
  negative_button: feedbackButton,
});

const among = (options: unknown[], initial: unknown[]) =>
  initial.every((wanted) => options.some((candidate) => isDeepStrictEqual(candidate, wanted)));
const amongMessage = 'must be one of the given options';

const checkboxes = z
  .strictObject({
    type: z.literal('checkboxes'),
    action_id: actionId,
    options: z.array(formattedOption).min(1).max(elements.checkboxes.optionsMax),
    initial_options: z.array(formattedOption).min(1).optional(),
    confirm,
    focus_on_load: focus,
  })
  .refine((box) => among(box.options, box.initial_options ?? []), { path: ['initial_options'], error: amongMessage });

const radioButtons = z
  .strictObject({
    type: z.literal('radio_buttons'),
    action_id: actionId,
    options: z.array(formattedOption).min(1).max(elements.radio_buttons.optionsMax),
    initial_option: formattedOption.optional(),
    confirm,
    focus_on_load: focus,
  })
  .refine((radio) => radio.initial_option === undefined || among(radio.options, [radio.initial_option]), {
    path: ['initial_option'],
    error: amongMessage,
  });

const overflow = z.strictObject({
  type: z.literal('overflow'),
  action_id: actionId,
  options: z.array(linkOption).min(elements.overflow.optionsMin).max(elements.overflow.optionsMax),
  confirm,
});

const selectFields = { action_id: actionId, placeholder: placeholder(150), confirm, focus_on_load: focus };
const severalMax = z.int().min(elements.multi_static_select.maxSelectedItemsMin).optional();

const offered = {
  options: z.array(option).min(1).max(elements.static_select.optionsMax).optional(),
  option_groups: z.array(optionGroup).min(1).max(elements.static_select.optionGroupsMax).optional(),
};
interface Offer {
  options?: unknown[] | undefined;
  option_groups?: { options: unknown[] }[] | undefined;
}
const oneOffer = (menu: Offer) => (menu.options === undefined) !== (menu.option_groups === undefined);
const oneOfferMessage = 'must have exactly one of options and option_groups';
const offeredBy = (menu: Offer): unknown[] =>
  menu.options ?? (menu.option_groups ?? []).flatMap((group) => group.options);

const staticSelect = z
  .strictObject({ type: z.literal('static_select'), ...selectFields, ...offered, initial_option: option.optional() })
  .refine(oneOffer, oneOfferMessage)
  .refine((menu) => menu.initial_option === undefined || among(offeredBy(menu), [menu.initial_option]), {
    path: ['initial_option'],
    error: amongMessage,
  });

const multiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    ...selectFields,
    ...offered,
    initial_options: z.array(option).min(1).optional(),
    max_selected_items: severalMax,
  })
  .refine(oneOffer, oneOfferMessage)
  .refine((menu) => among(offeredBy(menu), menu.initial_options ?? []), {
    path: ['initial_options'],
    error: amongMessage,
  });

const externalSelect = z.strictObject({
  type: z.literal('external_select'),
  ...selectFields,
  initial_option: option.optional(),
  min_query_length: z.int().min(0).optional(),
});

const multiExternalSelect = z.strictObject({
  type: z.literal('multi_external_select'),
  ...selectFields,
  initial_options: z.array(option).min(1).optional(),
  min_query_length: z.int().min(0).optional(),
  max_selected_items: severalMax,
});

const filter = z
  .strictObject({
    include: z
      .array(z.enum(['im', 'mpim', 'private', 'public']))
      .min(limits.composition.conversation_filter.includeMin)
      .optional(),
    exclude_external_shared_channels: z.boolean().optional(),
    exclude_bot_users: z.boolean().optional(),
  })
  .refine((value) => Object.keys(value).length > 0, 'must have at least one key')
  .optional();
const ids = z.array(z.string()).optional();
const conversationFields = { default_to_current_conversation: z.boolean().optional(), filter };
const urlEnabled = { response_url_enabled: z.boolean().optional() };

const pickOne = [
  z.strictObject({ type: z.literal('users_select'), ...selectFields, initial_user: z.string().optional() }),
  z.strictObject({
    type: z.literal('conversations_select'),
    ...selectFields,
    ...conversationFields,
    ...urlEnabled,
    initial_conversation: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('channels_select'),
    ...selectFields,
    ...urlEnabled,
    initial_channel: z.string().optional(),
  }),
] as const;

const pickSeveral = [
  z.strictObject({
    type: z.literal('multi_users_select'),
    ...selectFields,
    initial_users: ids,
    max_selected_items: severalMax,
  }),
  z.strictObject({
    type: z.literal('multi_conversations_select'),
    ...selectFields,
    ...conversationFields,
    initial_conversations: ids,
    max_selected_items: severalMax,
  }),
  z.strictObject({
    type: z.literal('multi_channels_select'),
    ...selectFields,
    initial_channels: ids,
    max_selected_items: severalMax,
  }),
] as const;

const datepicker = z.strictObject({
  type: z.literal('datepicker'),
  action_id: actionId,
  placeholder: placeholder(elements.datepicker.placeholderMax),
  initial_date: z
    .string()
    .refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)), 'must be YYYY-MM-DD')
    .optional(),
  confirm,
  focus_on_load: focus,
});

const zones = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', 'Etc/UTC']);

const timepicker = z.strictObject({
  type: z.literal('timepicker'),
  action_id: actionId,
  placeholder: placeholder(elements.timepicker.placeholderMax),
  initial_time: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:mm')
    .optional(),
  timezone: z
    .string()
    .refine((name) => zones.has(name), 'must be an IANA time zone')
    .optional(),
  confirm,
  focus_on_load: focus,
});

const datetimepicker = z.strictObject({
  type: z.literal('datetimepicker'),
  action_id: actionId,
  initial_date_time: z.int().min(1_000_000_000).max(9_999_999_999).optional(),
  confirm,
  focus_on_load: focus,
});

const textFields = {
  action_id: actionId,
  placeholder: placeholder(elements.plain_text_input.placeholderMax),
  dispatch_action_config: dispatchConfig,
  focus_on_load: focus,
};

const plainTextInput = z
  .strictObject({
    type: z.literal('plain_text_input'),
    ...textFields,
    initial_value: z.string().optional(),
    multiline: z.boolean().optional(),
    min_length: z.int().min(0).max(elements.plain_text_input.minLengthMax).optional(),
    max_length: z.int().min(1).max(elements.plain_text_input.maxLengthMax).optional(),
  })
  .refine((input) => (input.min_length ?? 0) <= (input.max_length ?? elements.plain_text_input.maxLengthMax), {
    path: ['min_length'],
    error: 'must not exceed max_length',
  })
  .refine(
    (input) => (input.initial_value ?? '').length <= (input.max_length ?? elements.plain_text_input.maxLengthMax),
    { path: ['initial_value'], error: 'must not be longer than max_length' },
  );

const numeral = z
  .string()
  .refine((text) => text !== '' && Number.isFinite(Number(text)), 'must be a number as text')
  .optional();

const numberInput = z
  .strictObject({
    type: z.literal('number_input'),
    ...textFields,
    is_decimal_allowed: z.boolean(),
    initial_value: numeral,
    min_value: numeral,
    max_value: numeral,
  })
  .refine((input) => Number(input.min_value ?? '-Infinity') <= Number(input.max_value ?? 'Infinity'), {
    path: ['min_value'],
    error: 'must not exceed max_value',
  });

const emailInput = z.strictObject({
  type: z.literal('email_text_input'),
  ...textFields,
  initial_value: z.string().optional(),
});
const urlInput = z.strictObject({
  type: z.literal('url_text_input'),
  ...textFields,
  initial_value: z.string().optional(),
});

const richTextInput = z.strictObject({
  type: z.literal('rich_text_input'),
  ...textFields,
  initial_value: richText.optional(),
  min_lines: z.int().min(1).max(elements.rich_text_input.minLinesMax).optional(),
  max_lines: z.int().min(1).max(elements.rich_text_input.maxLinesMax).optional(),
});

const fileInput = z.strictObject({
  type: z.literal('file_input'),
  action_id: actionId,
  filetypes: z.array(z.string()).min(1).optional(),
  max_files: z.int().min(elements.file_input.maxFilesMin).max(elements.file_input.maxFilesMax).optional(),
});

export const urlSource = z.strictObject({
  type: z.literal('url'),
  url: link(elements.url.urlMax),
  text: z.string().min(1),
});

const menus = [
  staticSelect,
  multiStaticSelect,
  externalSelect,
  multiExternalSelect,
  ...pickOne,
  ...pickSeveral,
  checkboxes,
  radioButtons,
  datepicker,
  timepicker,
] as const;

export const accessory = z.discriminatedUnion('type', [button, image, overflow, workflowButton, ...menus]);

export const actionsElement = z.discriminatedUnion('type', [
  button,
  overflow,
  workflowButton,
  datetimepicker,
  richTextInput,
  ...menus,
]);

export const inputElement = z.discriminatedUnion('type', [
  plainTextInput,
  numberInput,
  emailInput,
  urlInput,
  richTextInput,
  fileInput,
  datetimepicker,
  ...menus,
]);

export const contextAction = z.discriminatedUnion('type', [feedbackButtons, iconButton]);
