/** @file The process of the practice province, started by the app or by a test. */
import { serveRoom } from '../main/rooms/serve.ts';
import { provinceRoom } from './protocol.ts';
import { startProvince } from './serve.ts';

serveRoom(provinceRoom, async (init, host) => {
  const province = await startProvince(init, { log: (text) => host.log('warn', text) });
  return {
    handlers: {
      address: () => ({ url: province.url, receiptKeys: province.receiptKeys }),
      setFaults: ({ faults }) => {
        province.setFaults(faults);
        return null;
      },
      stats: () => province.stats(),
      receipt: ({ dossierId }) => province.receipt(dossierId),
      setStatus: ({ dossierId, status, note }) => {
        province.setStatus(dossierId, status, note);
        return null;
      },
      enrolmentCode: ({ counterId }) => province.enrolmentCode(counterId),
    },
    close: () => province.close(),
  };
});
