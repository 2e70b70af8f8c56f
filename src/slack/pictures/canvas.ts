import { createRequire } from 'node:module';
import path from 'node:path';
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';

/** A picture as it is uploaded. `alt` states what it shows, for those who cannot see it. */
export interface Picture {
  /** With its ending. */
  name: string;
  title: string;
  png: Buffer;
  alt: string;
}

/**
 * Letters come with the program, so that a machine without fonts draws the same. Each script is a family of its own; what none of
 * them has (Chinese, emoji) is taken from the machine's own fonts where it has any.
 */
const scripts = ['latin', 'latin-ext', 'cyrillic', 'greek'] as const;
const weights = [400, 600] as const;
const familyOf = (script: (typeof scripts)[number]) => `Inter ${script}`;
export const fontFamily = [...scripts.map((script) => `"${familyOf(script)}"`), 'sans-serif'].join(', ');

type Drawing = typeof import('@napi-rs/canvas');
let drawing: Promise<Drawing> | undefined;

/** Loaded when the first picture is drawn: most processes never draw one. */
function loaded(): Promise<Drawing> {
  drawing ??= import('@napi-rs/canvas').then((library) => {
    const folder = path.dirname(createRequire(__filename).resolve('@fontsource/inter/package.json'));
    for (const script of scripts) {
      for (const weight of weights) {
        const file = path.join(folder, 'files', `inter-${script}-${weight}-normal.woff2`);
        if (!library.GlobalFonts.registerFromPath(file, familyOf(script))) throw new Error(`no letters in ${file}`);
      }
    }
    return library;
  });
  return drawing;
}

/** A sheet of so many pixels, white, to be drawn on. */
export async function sheet(widthPx: number, heightPx: number): Promise<{ canvas: Canvas; pen: SKRSContext2D }> {
  const { createCanvas } = await loaded();
  const canvas = createCanvas(Math.ceil(widthPx), Math.ceil(heightPx));
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  return { canvas, pen };
}

export function font(pen: SKRSContext2D, sizePx: number, weight: (typeof weights)[number] = 400): void {
  pen.font = `${weight} ${sizePx}px ${fontFamily}`;
}

/** As much of a text as fits, with an ellipsis where something is left out. The pen's font counts. */
export function fitted(pen: SKRSContext2D, text: string, widthPx: number): string {
  const letters = [...text];
  if (pen.measureText(text).width <= widthPx) return text;
  while (letters.length > 1 && pen.measureText(`${letters.join('')}…`).width > widthPx) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

/** A drawing in SVG as a PNG, so many times as large. Its text is to be in `fontFamily`. */
export async function pngOf(svg: string, size: { widthPx: number; heightPx: number }, scale: number): Promise<Buffer> {
  const { canvas, pen } = await sheet(size.widthPx * scale, size.heightPx * scale);
  const { loadImage } = await loaded();
  pen.drawImage(await loadImage(Buffer.from(centred(svg))), 0, 0, canvas.width, canvas.height);
  return canvas.encode('png');
}

/** Of the height of letters, half of that of a capital. */
const halfCapital = 0.36;

/** The library knows no baseline but that of the letters: text that is to be centred on its place is moved down to it. */
export function centred(svg: string): string {
  return svg.replace(/<text dominant-baseline="central"([^>]*)>/g, (_tag, rest: string) => {
    const sizePx = Number(/font-size:([\d.]+)px/.exec(rest)?.[1] ?? 0);
    const y = Number(/ y="(-?[\d.]+)"/.exec(rest)?.[1] ?? 0) + halfCapital * sizePx;
    return `<text${rest.replace(/ y="[^"]*"/, '')} y="${y.toFixed(2)}">`;
  });
}
