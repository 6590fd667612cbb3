/**
 * @file The virtual scanner as a command: `node serve.ts --port N --pages DIR [--duplex] [--fault NAME=VALUE …]`.
 * Prints its address on the first line and runs until it is stopped; the feeder fills itself again after each job.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseFault } from './faults.ts';
import { startEsclScanner } from './server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    pages: { type: 'string' },
    duplex: { type: 'boolean', default: false },
    fault: { type: 'string', multiple: true, default: [] },
  },
});
if (values.pages === undefined) {
  process.stderr.write('usage: serve.ts --port N --pages DIR [--duplex] [--fault NAME=VALUE …]\n');
  process.exit(64);
}
const folder = values.pages;
const pages = readdirSync(folder)
  .filter((name) => /\.(jpe?g|png)$/i.test(name))
  .sort()
  .map((name) => join(folder, name));
const scanner = await startEsclScanner({
  pages,
  port: Number(values.port),
  hasDuplex: values.duplex,
  faults: Object.assign({}, ...values.fault.map(parseFault)),
  reloads: true,
});
process.stdout.write(`${scanner.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void scanner.stop().then(() => process.exit(0)));
