// sharp: the renditions only, from one decode. The module is found in the working directory.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const sharp = createRequire(`${process.cwd()}/`)("sharp");
const WIDTHS = [2048, 1280, 640, 320];
sharp.concurrency(1);
sharp.cache(false);

async function pyramid(data) {
  let image = sharp(data).autoOrient();
  const renditions = [];
  for (const width of WIDTHS) {
    const resized = image.resize({ width }).raw();
    const { data: pixels, info: raw } = await resized.toBuffer({ resolveWithObject: true });
    renditions.unshift(await sharp(pixels, { raw }).jpeg({ quality: 80 }).toBuffer());
    image = sharp(pixels, { raw });
  }
  return renditions;
}

console.log(JSON.stringify("ready"));
for await (const line of createInterface({ input: process.stdin })) {
  const { file, folder } = JSON.parse(line);
  const data = readFileSync(file);
  const started = process.cpuUsage();
  const renditions = await pyramid(data);
  const { user, system } = process.cpuUsage(started);
  if (folder) renditions.forEach((body, index) => writeFileSync(`${folder}/${index}.jpg`, body));
  console.log(JSON.stringify((user + system) / 1e6));
}
