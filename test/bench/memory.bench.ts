/** @file What the processes of an idle counter hold: proportional set size from /proc, in MB. Budget: 350 MB without the browser. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noPin } from '../../main/cli/with-counter.ts';
import { nodeMachine } from '../../main/cli/node-machine.ts';
import { openCounter } from '../../main/counter/open-counter.ts';

const home = mkdtempSync(join(tmpdir(), 'memory-'));
process.env['MOTCUA_HOME'] = home;
const machine = nodeMachine({ entryFolder: join(import.meta.dirname, '../../out/main'), isBundle: true });
const counter = openCounter(machine, noPin, {
  host: 'bench',
  version: '0',
  isSyncAutomatic: true,
  hasPracticeOffice: false,
});
const { store, sync, imaging, token } = counter.rooms;
await Promise.all([store, sync, imaging, token].map((room) => room.start()));
const processes = { store, sync, imaging, token, province: counter.rooms.practiceProvince?.room };
let total = 0;
for (const [name, room] of Object.entries(processes)) {
  const megabytes = room?.pid === undefined ? 0 : proportionalSetMegabytes(room.pid);
  if (name !== 'province') total += megabytes;
  console.log(`${name.padEnd(9)} ${megabytes.toFixed(0)} MB`);
}
console.log(`sum without the practice province: ${total.toFixed(0)} MB`);
await counter.stop();
rmSync(home, { recursive: true, force: true });

function proportionalSetMegabytes(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
}
