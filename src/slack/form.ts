import type { InputBlock, InputBlockElement, ModalView, Option } from '@slack/types';
import { z } from 'zod';
import { limits } from './limits';
import { section } from './message';
import { cut, plain } from './mrkdwn';

/** One line of a form. Its name is the block's and the control's id: errors are shown by it, and what was typed stays under it. */
export interface Field {
  name: string;
  label: string;
  hint?: string;
  /** It may be left empty. */
  optional?: boolean;
}

export interface Choice {
  value: string;
  text: string;
  description?: string;
}

const plainText = (text: string, max: number) => ({
  type: 'plain_text' as const,
  text: cut(plain(text), max),
  emoji: true,
});

function field({ name, label, hint, optional }: Field, element: InputBlockElement): InputBlock {
  return {
    type: 'input',
    block_id: name,
    label: plainText(label, limits.input.label),
    element,
    optional: optional ?? false,
    ...(hint ? { hint: plainText(hint, limits.input.hint) } : {}),
  };
}

export function textField(of: Field, more: { initial?: string; multiline?: boolean; max?: number } = {}): InputBlock {
  return field(of, {
    type: 'plain_text_input',
    action_id: of.name,
    max_length: more.max ?? limits.input.text,
    ...(more.multiline ? { multiline: true } : {}),
    ...(more.initial ? { initial_value: cut(more.initial, more.max ?? limits.input.text) } : {}),
  });
}

/** Whole numbers. Slack itself says what is wrong with others. */
export function numberField(of: Field, { initial, min, max }: { initial: number; min: number; max: number }) {
  return field(of, {
    type: 'number_input',
    action_id: of.name,
    is_decimal_allowed: false,
    initial_value: String(initial),
    min_value: String(min),
    max_value: String(max),
  });
}

/** @param initial `yyyy-MM-dd` */
export function dateField(of: Field, initial?: string): InputBlock {
  return field(of, {
    type: 'datepicker',
    action_id: of.name,
    ...(initial ? { initial_date: initial } : {}),
  });
}

/** @param initial `HH:mm` */
export function timeField(of: Field, initial?: string): InputBlock {
  return field(of, { type: 'timepicker', action_id: of.name, ...(initial ? { initial_time: initial } : {}) });
}

/** One box that is ticked or not: it reads as `name` or as nothing. */
export function tickField(of: Field, { text, isTicked }: { text: string; isTicked: boolean }): InputBlock {
  const option = optionOf({ value: of.name, text });
  return field(
    { ...of, optional: true },
    {
      type: 'checkboxes',
      action_id: of.name,
      options: [option],
      ...(isTicked ? { initial_options: [option] } : {}),
    },
  );
}

/** Up to 10 choices, all in sight. */
export function radioField(of: Field, choices: readonly Choice[], initial?: string): InputBlock {
  return field(of, { type: 'radio_buttons', action_id: of.name, ...chosenFrom(choices.slice(0, 10), initial) });
}

/** Up to 100 choices in a menu. */
export function selectField(of: Field, choices: readonly Choice[], initial?: string): InputBlock {
  return field(of, { type: 'static_select', action_id: of.name, ...chosenFrom(choices.slice(0, 100), initial) });
}

function chosenFrom(choices: readonly Choice[], initial: string | undefined) {
  const options = choices.filter(({ value }) => value.length <= limits.option.value).map(optionOf);
  const first = options.find(({ value }) => value === initial);
  return { options, ...(first ? { initial_option: first } : {}) };
}

function optionOf({
  value,
  text,
  description,
}: Choice): Option & { value: string; text: { type: 'plain_text'; text: string } } {
  return {
    value,
    text: plainText(text, limits.option.text),
    ...(description ? { description: plainText(description, limits.option.description) } : {}),
  };
}

/** What somebody filled in, by the names of the fields; what is empty is left out. */
export type Filled = Readonly<Record<string, string>>;

const option = z.object({ value: z.string() });
const Entry = z
  .object({
    value: z.string().nullish(),
    selected_date: z.string().nullish(),
    selected_time: z.string().nullish(),
    selected_user: z.string().nullish(),
    selected_option: option.nullish(),
    selected_options: z.array(option).nullish(),
  })
  .transform(
    (entry) =>
      entry.value ??
      entry.selected_date ??
      entry.selected_time ??
      entry.selected_user ??
      (entry.selected_option ?? entry.selected_options?.[0])?.value,
  );

/** Reads `view.state.values`. Never throws. */
export function readForm(values: unknown): Filled {
  const blocks = z.record(z.string(), z.record(z.string(), z.unknown())).safeParse(values).data ?? {};
  const filled: Record<string, string> = {};
  for (const [name, controls] of Object.entries(blocks)) {
    const text = Entry.safeParse(controls[name]).data?.trim();
    if (text) filled[name] = text;
  }
  return filled;
}

/** What is wrong with a form, by the name of the field. */
export type FormErrors = Record<string, string>;

/** A modal of ours. Without `submit` one can only close it. */
export function modal(of: {
  title: string;
  blocks: ModalView['blocks'];
  submit?: string;
  close?: string;
  /** Id of the dialog, and what it carries. */
  carries?: { id: string; text: string };
}): ModalView {
  return {
    type: 'modal',
    title: plainText(of.title, limits.view.title),
    blocks: of.blocks.slice(0, limits.view.blocks),
    close: plainText(of.close ?? (of.submit ? 'Cancel' : 'Close'), limits.view.close),
    ...(of.submit ? { submit: plainText(of.submit, limits.view.submit) } : {}),
    ...(of.carries ? { callback_id: of.carries.id, private_metadata: of.carries.text } : {}),
  };
}

/** What stands there until the answer does. */
export function loading(title: string, sentence = 'Looking at what it would touch…'): ModalView {
  return modal({ title, blocks: [section(`⏳ ${sentence}`)] });
}

/** Markup of ours in a dialog that can only be closed. */
export function saying(title: string, paragraphs: readonly string[]): ModalView {
  return modal({ title, blocks: paragraphs.filter((text) => text !== '').map((text) => section(text)) });
}
