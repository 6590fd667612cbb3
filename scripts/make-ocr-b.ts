/**
 * @file Draws the 37 characters of machine-readable zones as small grey pictures into `resources/ocr-b.json`. Run by hand
 * when the cell changes; needs the OpenType file of Debian's `fonts-ocr-b` (public domain).
 */
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CELL_HEIGHT, CELL_WIDTH, CHARACTERS } from '../main/imaging/mrz/templates.ts';

const FONT = '/usr/share/fonts/opentype/ocr-b/OCRB.otf';
/** Drawn larger, then averaged: the edges of a scan are grey, too. */
const OVERSAMPLING = 8;

if (!GlobalFonts.registerFromPath(FONT, 'OCR-B')) throw new Error(`${FONT} is missing: apt-get install fonts-ocr-b`);

function draw(character: string): Buffer {
  const canvas = createCanvas(CELL_WIDTH * OVERSAMPLING, CELL_HEIGHT * OVERSAMPLING);
  const pen = canvas.getContext('2d');
  pen.fillStyle = 'white';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = 'black';
  const probe = createCanvas(10, 10).getContext('2d');
  probe.font = '100px OCR-B';
  const sizePx = (100 * canvas.width) / probe.measureText('0').width;
  pen.font = `${sizePx}px OCR-B`;
  const capitals = pen.measureText('H');
  pen.fillText(character, 0, canvas.height / 2 + capitals.actualBoundingBoxAscent / 2);
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  const cell = Buffer.alloc(CELL_WIDTH * CELL_HEIGHT);
  for (let y = 0; y < CELL_HEIGHT; y++) {
    for (let x = 0; x < CELL_WIDTH; x++) {
      let sum = 0;
      for (let row = 0; row < OVERSAMPLING; row++)
        for (let column = 0; column < OVERSAMPLING; column++)
          sum += data[((y * OVERSAMPLING + row) * canvas.width + x * OVERSAMPLING + column) * 4] ?? 0;
      cell[y * CELL_WIDTH + x] = Math.round(sum / OVERSAMPLING ** 2);
    }
  }
  return cell;
}

const glyphs = Object.fromEntries([...CHARACTERS].map((character) => [character, draw(character).toString('base64')]));
const file = join(import.meta.dirname, '../resources/ocr-b.json');
writeFileSync(file, `${JSON.stringify({ cellWidth: CELL_WIDTH, cellHeight: CELL_HEIGHT, glyphs }, null, 2)}\n`);
