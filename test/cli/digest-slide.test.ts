import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { asHtml } from '../../src/cli/digest/forms';
import { drawCharts } from '../../src/slack/pictures/charts';
import { onlyWhere } from '../support/only-where';
import { busyWeek } from '../support/week-figures';

const browserPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
/** A4, lying, without its margins. */
const sheet = { width: Math.floor((277 / 25.4) * 96), height: Math.floor((190 / 25.4) * 96) };

onlyWhere(existsSync(browserPath), `${browserPath} is not there; set CHROMIUM_PATH`).describe(
  'the printed slide',
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox', '--disable-gpu'] });
    });
    afterAll(() => browser?.close());

    it('shows all of a busy week on one page: no chart is cut, and none is smaller than a thumb', async () => {
      const page = await browser.newPage({ viewport: sheet });
      await page.emulateMedia({ media: 'print' });
      const charts = await drawCharts(busyWeek);
      await page.setContent(asHtml(busyWeek, (id) => `Somebody With a Long Name ${id}`, charts));
      const slide = await page.locator('.slide').boundingBox();
      const boxes = await Promise.all((await page.locator('.slide img').all()).map((image) => image.boundingBox()));
      expect(boxes).toHaveLength(7);
      for (const box of boxes) {
        expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual((slide?.y ?? 0) + (slide?.height ?? 0));
        expect(box?.width).toBeGreaterThan(200);
      }
      expect(slide?.height).toBeLessThanOrEqual(sheet.height);
      await page.close();
    });
  },
);
