/**
 * @file Papers set by a browser the way offices print them, 200 dots per inch: headings, filled blanks over dotted lines,
 * tables, seals over values, in the fonts and sizes that are met. Needs Debian's `chromium` and `poppler-utils`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Paper } from './vary-paper.ts';

export interface PrintStyle {
  readonly font: string;
  readonly sizePt: number;
  /** How a filled-in value meets its blank. */
  readonly blanks: 'none' | 'dotted-line' | 'dots-behind';
  /** Colour of filled-in values; ball pens are blue. */
  readonly ink: string;
  readonly hasSeals: boolean;
}

const DPI = 200;

/** One PNG for each paper, in order. */
export function drawPapers(papers: readonly { paper: Paper; style: PrintStyle }[]): Buffer[] {
  const folder = mkdtempSync(join(tmpdir(), 'papers-'));
  try {
    const pages = papers.map(({ paper, style }) => pageOf(paper, style)).join('\n');
    writeFileSync(join(folder, 'papers.html'), `<!doctype html><meta charset="utf-8"><style>${SHEET}</style>${pages}`);
    const quiet = { stdio: 'ignore', timeout: 300_000 } as const;
    const pdf = join(folder, 'papers.pdf');
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-pdf-header-footer',
      `--user-data-dir=${folder}`,
    ];
    execFileSync('chromium', [...flags, `--print-to-pdf=${pdf}`, join(folder, 'papers.html')], quiet);
    execFileSync('pdftoppm', ['-r', String(DPI), '-png', pdf, join(folder, 'page')], quiet);
    const files = readdirSync(folder).filter((name) => name.endsWith('.png'));
    if (files.length !== papers.length) throw new Error(`${papers.length} papers became ${files.length} pages`);
    return files.sort().map((name) => readFileSync(join(folder, name)));
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The text that recognition should find: one line for each line or cell, places and gaps left out. */
export function textOfPaper(paper: Paper): string {
  return paper.lines
    .flatMap((line) => line.split('\t'))
    .map((cell) => cell.replace(/@\d+$/, '').trim())
    .filter((cell) => cell !== '')
    .join('\n');
}

const SHEET = `
@page { size: A4; margin: 0 }
body { margin: 0; color: #111 }
.page { position: relative; box-sizing: border-box; width: 210mm; height: 296mm; padding: 16mm 15mm 10mm 24mm; overflow: hidden; page-break-after: always }
.pair, .cells { display: flex; gap: 8mm }
.pair > *:first-child { width: 42% } .pair > *:last-child { width: 58% }
.pair > *, .centre { text-align: center; font-weight: bold }
.pair { font-size: 0.88em; line-height: 1.35 }
.light { font-weight: normal !important; font-style: italic }
.title { font-size: 1.1em; margin-top: 2mm }
.right { text-align: right; font-style: italic }
.signed { margin-left: 52%; text-align: center; font-weight: bold; position: relative } .name { margin-top: 14mm }
.cells > * { flex: 1 1 auto; display: flex; min-width: 0 }
.dots { flex: 1; overflow: hidden; white-space: nowrap; width: 0 }
.under { border-bottom: 1px dotted #222 }
.placed { position: relative; height: 1.55em } .placed > * { position: absolute; white-space: nowrap; font-size: max(0.85em, 9.5pt) }
.ruled { border: 1px solid #222; margin-top: -1px }
table { border-collapse: collapse; width: 100%; font-size: max(0.78em, 9.5pt); letter-spacing: -0.02em } td { border: 1px solid #222; padding: 0.5mm 1mm; white-space: nowrap; text-align: center }
.seal { position: absolute; width: 36mm; height: 36mm; mix-blend-mode: multiply; opacity: 0.85 }
`;

function pageOf(paper: Paper, style: PrintStyle): string {
  const { lines } = paper;
  const html: string[] = [];
  const firstLabel = lines.findIndex((line) => line.includes(':') && !/^S[ốô]:/u.test(line.split('\t')[0] ?? ''));
  const tail = lines.findLastIndex((line) => line.includes(':') || /[.,]$/.test(line) || line.length > 45);
  lines.forEach((line, index) => {
    if (/@\d+(?:\t|$)/.test(line)) html.push(placedLine(line, style));
    else if (line.split('\t').length > 4) html.push(tableRow(line));
    else if (index < Math.max(firstLabel, 3) && line.includes('\t')) html.push(pairLine(line));
    else if (index < firstLabel && !line.includes(':')) html.push(headLine(line));
    else if (index > tail || /, ngày .{1,2} tháng/u.test(line.slice(0, 40)))
      html.push(closingLine(line, style.hasSeals && index === lines.length - 1));
    else
      html.push(
        `<div class="cells">${line
          .split('\t')
          .map((cell) => labelled(cell, style))
          .join('')}</div>`,
      );
  });
  // One over what was filled in, one, as it should be, over a third of the signature.
  const seal = style.hasSeals ? sealAt('38%', '21%', -9) : '';
  const joined = html.join('\n').replaceAll('</table>\n<table>', '');
  return `<div class="page" style="font: ${style.sizePt}pt/1.5 '${style.font}'">${joined}${seal}</div>`;
}

function pairLine(line: string): string {
  const cells = line.split('\t').map((cell) => `<div${isLight(cell) ? ' class="light"' : ''}>${escape(cell)}</div>`);
  return `<div class="pair">${cells.join('')}</div>`;
}

function isLight(text: string): boolean {
  return /^Số|, ngày/u.test(text);
}

function headLine(line: string): string {
  const isTitle = line === line.toUpperCase() && !line.startsWith('CỘNG') && !line.startsWith('(');
  return `<div class="centre${isTitle ? ' title' : ''}">${escape(line)}</div>`;
}

function closingLine(line: string, isSealed: boolean): string {
  if (line.includes('\t')) return pairLine(line);
  if (/ngày/u.test(line)) return `<div class="right">${escape(line)}</div>`;
  const isName = /^(?:\p{Lu}\p{Ll}+ ?){2,}$/u.test(line) && !line.startsWith('Người');
  return `<div class="signed${isName ? ' name' : ''}">${escape(line)}${isSealed ? sealAt('-8%', '-22mm', 6) : ''}</div>`;
}

function tableRow(line: string): string {
  return `<table><tr>${line
    .split('\t')
    .map((cell) => `<td>${escape(cell)}</td>`)
    .join('')}</tr></table>`;
}

/** The fixtures place cells on a line 2,400 wide. */
function placedLine(line: string, style: PrintStyle): string {
  const cells = line.split('\t').map((cell, index) => {
    const [, text = cell, left = '0'] = /^(.*)@(\d+)$/.exec(cell) ?? [];
    const colour = index > 0 ? ` color: ${style.ink}` : '';
    return `<span style="left: ${(Number(left) / 24 + 0.5).toFixed(1)}%;${colour}">${escape(text)}</span>`;
  });
  return `<div class="placed${style.blanks === 'none' ? '' : ' ruled'}">${cells.join('')}</div>`;
}

function labelled(cell: string, style: PrintStyle): string {
  const [, label = '', value = ''] = /^(.*?:)\s+(.+)$/u.exec(cell) ?? [];
  if (value === '') return `<div><span>${escape(cell)}</span></div>`;
  const isShort = cell.length * style.sizePt < 800;
  const line = style.blanks === 'dotted-line' ? ' class="under"' : '';
  const filled = `<span${line} style="color: ${style.ink}">${escape(value)}</span>`;
  const dots = style.blanks === 'dots-behind' && isShort ? `<span class="dots">${'.'.repeat(150)}</span>` : '';
  const print = `<span${isShort ? ' style="white-space: nowrap"' : ''}>${escape(label)} ${filled}</span>`;
  return `<div>${print}${dots}</div>`;
}

/** As an office's seal: two rings, letters between them, a star. */
function sealAt(left: string, top: string, turnDeg: number): string {
  const star = Array.from({ length: 10 }, (_, index) => {
    const radius = index % 2 === 0 ? 13 : 5;
    const angle = (index * Math.PI) / 5;
    return `${(50 + radius * Math.sin(angle)).toFixed(1)},${(50 - radius * Math.cos(angle)).toFixed(1)}`;
  }).join(' ');
  const id = `ring${left}${top}${turnDeg}`.replace(/\W/g, '');
  return `<svg class="seal" style="left: ${left}; top: ${top}; transform: rotate(${turnDeg}deg)" viewBox="0 0 100 100">
<g fill="none" stroke="#d3202c"><circle cx="50" cy="50" r="48" stroke-width="2"/><circle cx="50" cy="50" r="45.5" stroke-width="0.7"/><circle cx="50" cy="50" r="28" stroke-width="0.9"/></g>
<path id="${id}" fill="none" d="M 14 50 A 36 36 0 1 1 50 86"/><g fill="#d3202c" font-family="Liberation Sans" font-weight="bold">
<text font-size="7.6"><textPath href="#${id}">ỦY BAN NHÂN DÂN XÃ ĐÔNG QUANG ★ T. PHÚ YÊN</textPath></text>
<polygon points="${star}"/></g></svg>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
