/**
 * @file Plays a transcript as the Windows helper would: `node scanner-helper.ts TRANSCRIPT PICTURE...  --driver=wia`. Each
 * line of a transcript is one step: `to` = a line that must come from the program, `from` = a line the helper writes,
 * `picture` = a page file that is written before it is announced, `text` = bytes as they are, `exit` = the process dies,
 * `hang` = nothing more happens, whatever comes in.
 */
import { copyFileSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const Step = z.union([
  z.strictObject({ to: z.record(z.string(), z.unknown()) }),
  z.strictObject({ from: z.record(z.string(), z.unknown()) }),
  z.strictObject({ picture: z.string() }),
  z.strictObject({ link: z.string(), target: z.string() }),
  z.strictObject({ text: z.string(), times: z.int().default(1) }),
  z.strictObject({ exit: z.int() }),
  z.strictObject({ hang: z.literal(true) }),
  z.strictObject({ aliveEveryMs: z.int() }),
]);

const [transcript = '', ...rest] = process.argv.slice(2);
const pictures = rest.filter((argument) => !argument.startsWith('--'));
const steps = readFileSync(transcript, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '' && !line.startsWith('//'))
  .map((line) => Step.parse(JSON.parse(line)));

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
let folder = '';
let nextPicture = 0;

for (const step of steps) {
  if ('to' in step) await hear(step.to);
  else if ('from' in step) say(JSON.stringify(withSize(step.from)));
  else if ('picture' in step) copyFileSync(pictures[nextPicture++ % pictures.length] ?? '', join(folder, step.picture));
  else if ('link' in step) symlinkSync(step.target, join(folder, step.link));
  else if ('text' in step) process.stdout.write(step.text.repeat(step.times));
  else if ('aliveEveryMs' in step) setInterval(() => say('{"kind":"alive"}'), step.aliveEveryMs);
  else if ('exit' in step) process.exit(step.exit);
  else await new Promise(() => setInterval(() => undefined, 60_000));
}
await input.next(); // until its input is closed
process.exit(0);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** `sizeBytes: 0` stands for what the file has. */
function withSize(message: Readonly<Record<string, unknown>>): unknown {
  if (message['sizeBytes'] !== 0) return message;
  return { ...message, sizeBytes: statSync(join(folder, basename(String(message['file'])))).size };
}

/** What the transcript names must be as it says; a command says more than every test cares about. */
async function hear(expected: Readonly<Record<string, unknown>>): Promise<void> {
  const line = await input.next();
  if (line.done) process.exit(0);
  const heard = z.record(z.string(), z.unknown()).parse(JSON.parse(line.value));
  if (typeof heard['folder'] === 'string') folder = heard['folder'];
  for (const [name, value] of Object.entries(expected)) {
    if (JSON.stringify(heard[name]) === JSON.stringify(value)) continue;
    process.stderr.write(`expected ${name} ${JSON.stringify(value)}, heard ${line.value}\n`);
    process.exit(99);
  }
}
