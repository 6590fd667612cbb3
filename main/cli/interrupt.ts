/** @file Ctrl+C: the first asks the work to stop with what is done, the second ends the command. */
import { EXIT, say } from './output.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.failed);
    say('Đang dừng; giữ lại phần đã xong (nhấn lần nữa để bỏ hết)');
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}
