/** @file Status changes on their way to the counters of a unit, in one order, resumable from any point. */
import { randomUUID } from 'node:crypto';
import { prepareOnce, settle, type Rows } from './database.ts';
import { Problem } from './problem.ts';

export interface FeedRow {
  readonly seq: number;
  readonly dossierId: string;
  readonly status: number;
  readonly code: string | null;
  readonly at: string;
  readonly note: string | null;
}

export interface FeedPage {
  readonly items: readonly FeedRow[];
  /** Opaque to the counter: `<epoch>:<seq>`. */
  readonly next: string;
}

export interface Feed {
  /** Inside a transaction. Waiting readers are woken by {@link Feed.wake} once it has committed. */
  readonly append: (unit: string, item: Omit<FeedRow, 'seq'>) => void;
  /** @throws Problem 410 when `after` is of another database: the reader must start again from the beginning. */
  readonly read: (unit: string, after: string | null, limit: number) => FeedPage;
  /** Resolves when something of the unit was appended, or after `waitMs`, or when the signal aborts. */
  readonly wait: (unit: string, waitMs: number, signal: AbortSignal) => Promise<void>;
  readonly wake: (unit: string) => void;
  readonly close: () => void;
}

export function openFeed(rows: Rows): Feed {
  const sql = prepareOnce(rows);
  const epoch = settle(rows, 'epoch', randomUUID);
  const waiting = new Map<string, Set<() => void>>();
  const insert = sql('INSERT INTO feed (unit, dossier_id, status, code, at, note) VALUES (?, ?, ?, ?, ?, ?)');
  const select = sql(
    'SELECT seq, dossier_id AS dossierId, status, code, at, note FROM feed WHERE unit = ? AND seq > ? ORDER BY seq LIMIT ?',
  );
  const wake = (unit: string): void => {
    for (const resolve of waiting.get(unit) ?? []) resolve();
  };

  return {
    append: (unit, { dossierId, status, code, at, note }) => void insert.run(unit, dossierId, status, code, at, note),

    read(unit, after, limit) {
      const last = (sql('SELECT coalesce(max(seq), 0) AS seq FROM feed').get() as { seq: number }).seq;
      const from = after === null ? 0 : seqOf(after, epoch, last);
      const items = select.all(unit, from, limit) as FeedRow[];
      return { items, next: `${epoch}:${items.at(-1)?.seq ?? from}` };
    },

    wait: (unit, waitMs, signal) =>
      new Promise((resolve) => {
        const mine = waiting.get(unit) ?? new Set();
        waiting.set(unit, mine);
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          mine.delete(done);
          resolve();
        };
        const timer = setTimeout(done, waitMs);
        mine.add(done);
        signal.addEventListener('abort', done, { once: true });
        if (signal.aborted) done();
      }),

    wake,
    close: () => [...waiting.keys()].forEach(wake),
  };
}

function seqOf(cursor: string, epoch: string, last: number): number {
  const [of, text, ...rest] = cursor.split(':');
  const seq = Number(text);
  if (of !== epoch || rest.length > 0 || !Number.isSafeInteger(seq) || seq < 0 || seq > last) {
    throw new Problem(410, 'cursor-gone', 'this cursor is of another time; read from the beginning');
  }
  return seq;
}
