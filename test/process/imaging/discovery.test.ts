import bonjour from 'bonjour-service';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { discoverDevices } from '../../../main/imaging/scanners/escl/discovery.ts';
import { openCapture } from '../../stand-ins/capture-run.ts';
import { drawPages } from '../../stand-ins/draw-pages.ts';

const hasNetwork = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.family === 'IPv4' && !address.internal);

describe.skipIf(!hasNetwork)('discovery (needs a network interface for multicast)', () => {
  test('finds a scanner that announces itself, by the addresses of its own record', async () => {
    const service = new bonjour.Bonjour();
    service.publish({
      name: 'Virtual',
      type: 'uscan',
      port: 8123,
      txt: { rs: 'eSCL', uuid: '4509a320-00a0-008f-00b6-00114b0000aa', ty: 'Virtual' },
    });
    const found = await discoverDevices(new AbortController().signal);
    service.destroy();
    const device = found.find(({ uuid }) => uuid === '4509a320-00a0-008f-00b6-00114b0000aa');
    const own = Object.values(networkInterfaces())
      .flat()
      .map((address) => address?.address);
    expect(device?.addresses.length).toBeGreaterThan(0);
    expect(
      device?.addresses.every(({ host, port, root }) => own.includes(host) && port === 8123 && root === '/eSCL'),
    ).toBe(true);
  });
});

test('a scan list without discovery sends nothing into the network and comes at once', async () => {
  expect(await openCapture().list({ useDiscovery: false })).toEqual([]);
});

test('the virtual scanner runs as a command and is a scanner like any other', async () => {
  const [first] = await drawPages(2);
  const script = join(import.meta.dirname, '..', '..', 'stand-ins', 'escl-scanner', 'serve.ts');
  const child = spawn(process.execPath, [script, '--pages', dirname(first!), '--fault', 'busyJobs=1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const room = openCapture({ escl: { timing: { busyPauseMs: 5, earlyPauseMs: 5 } } });
    const [scanner] = await room.list({ addresses: [url] });
    expect(await room.scan(scanner!)).toMatchObject({ pages: 2, end: 'complete' });
    expect(await room.scan(scanner!)).toMatchObject({ pages: 2, end: 'complete' });
  } finally {
    child.kill('SIGTERM');
  }
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('the command explains itself when the folder is missing', async () => {
  const script = join(import.meta.dirname, '..', '..', 'stand-ins', 'escl-scanner', 'serve.ts');
  const code = await new Promise((resolve) => execFile(process.execPath, [script], (error) => resolve(error?.code)));
  expect(code).toBe(64);
});
