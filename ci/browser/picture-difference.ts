import type { Browser } from "playwright-core";

/** How two pictures differ. */
export interface PictureDifference {
  /** In pixels: `1920x1440`. */
  readonly sizes: readonly [string, string];
  /** Of all pixels, those whose colour is clearly another one, from 0 to 1; 1 where the sizes differ. */
  readonly share: number;
}

// What a browser decodes, it can compare: no library for PNG is needed.
const compare = `(async (urls) => {
  const pictures = await Promise.all(urls.map(async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const { width, height } = image;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    context.drawImage(image, 0, 0);
    return { size: width + "x" + height, data: context.getImageData(0, 0, width, height).data };
  }));
  const [a, b] = pictures.map(({ data }) => data);
  const sizes = pictures.map(({ size }) => size);
  if (sizes[0] !== sizes[1]) return { sizes, share: 1 };
  let others = 0;
  for (let i = 0; i < a.length; i += 4)
    if (Math.abs(a[i] - b[i]) + Math.abs(a[i + 1] - b[i + 1]) + Math.abs(a[i + 2] - b[i + 2]) > 96) others++;
  return { sizes, share: others / (a.length / 4) };
})`;

/** Compares two PNGs. */
export async function pictureDifference(browser: Browser, a: Buffer, b: Buffer): Promise<PictureDifference> {
  const page = await browser.newPage();
  try {
    const urls = [a, b].map((png) => `data:image/png;base64,${png.toString("base64")}`);
    return await page.evaluate<PictureDifference>(`${compare}(${JSON.stringify(urls)})`);
  } finally {
    await page.close();
  }
}
