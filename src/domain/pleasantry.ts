/**
 * Words that only thank, agree or say goodbye: they neither reopen a request nor count as an answer. Whatever holds a question, a
 * number, or a word that is not one of these is something to read.
 */
const courteous = new Set(
  (
    'thanks thank thx ty tysm tx cheers merci danke dankeschön gracias grazie obrigado obrigada ' +
    'you u all both so very much lot lots a the many again kindly great perfect awesome nice cool super lovely brilliant excellent ' +
    'amazing wonderful fantastic good fine ok okay okey k kk yes yep yeah sure ya yup got it understood noted will do done works ' +
    'working worked now that this did does trick helped helps help for your quick fast reply answer team guys folks everyone ' +
    'appreciate appreciated really i we is was of u r are life saver lifesaver star legend bye goodbye see later have day ' +
    'weekend evening morning one too welcome no problem worries np yw vielen dank sehr viel ja gut super prima alles klar passt ' +
    'man mate buddy solved fixed resolved sorted'
  ).split(' '),
);

/** At least one of these must be there: `I have it` is no thanks. */
const thanking = new Set(
  (
    'thanks thank thx ty tysm tx cheers merci danke dankeschön dank gracias grazie obrigado obrigada great perfect awesome nice ' +
    'cool super lovely brilliant excellent amazing wonderful fantastic good fine ok okay okey k kk yes yep yeah sure ya yup got ' +
    'understood noted appreciate appreciated np yw welcome worries bye goodbye works worked solved fixed resolved sorted prima passt klar'
  ).split(' '),
);

const wordsMax = 16;

/** `not`, `but`, `still` and the like are none of the words above, and so turn the answer. Never throws. */
export function isPleasantry(said: string): boolean {
  const text = said
    .toLowerCase()
    .replace(/<@[^>]*>/g, ' ')
    .replace(/:[a-z0-9_+'-]+:/g, ' :) ')
    .replace(/[’']/g, '');
  if (/[?？؟\d`]/.test(text)) return false;
  const words = text.match(/\p{L}+/gu) ?? [];
  // A smile or a thumb alone.
  if (words.length === 0) return text.trim() !== '' && /[\p{Extended_Pictographic}:)+]/u.test(text);
  if (words.length > wordsMax) return false;
  return words.every((word) => courteous.has(word)) && words.some((word) => thanking.has(word));
}
