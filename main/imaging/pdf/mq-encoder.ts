/** @file The MQ arithmetic encoder of ITU-T T.88, annex E (the same as JPEG 2000's), one growing output. */

/** Table E.1: Qe, next state after MPS, after LPS, switch. */
const STATES: readonly (readonly [number, number, number, number])[] = [
  [0x5601, 1, 1, 1],
  [0x3401, 2, 6, 0],
  [0x1801, 3, 9, 0],
  [0x0ac1, 4, 12, 0],
  [0x0521, 5, 29, 0],
  [0x0221, 38, 33, 0],
  [0x5601, 7, 6, 1],
  [0x5401, 8, 14, 0],
  [0x4801, 9, 14, 0],
  [0x3801, 10, 14, 0],
  [0x3001, 11, 17, 0],
  [0x2401, 12, 18, 0],
  [0x1c01, 13, 20, 0],
  [0x1601, 29, 21, 0],
  [0x5601, 15, 14, 1],
  [0x5401, 16, 14, 0],
  [0x5101, 17, 15, 0],
  [0x4801, 18, 16, 0],
  [0x3801, 19, 17, 0],
  [0x3401, 20, 18, 0],
  [0x3001, 21, 19, 0],
  [0x2801, 22, 19, 0],
  [0x2401, 23, 20, 0],
  [0x2201, 24, 21, 0],
  [0x1c01, 25, 22, 0],
  [0x1801, 26, 23, 0],
  [0x1601, 27, 24, 0],
  [0x1401, 28, 25, 0],
  [0x1201, 29, 26, 0],
  [0x1101, 30, 27, 0],
  [0x0ac1, 31, 28, 0],
  [0x09c1, 32, 29, 0],
  [0x08a1, 33, 30, 0],
  [0x0521, 34, 31, 0],
  [0x0441, 35, 32, 0],
  [0x02a1, 36, 33, 0],
  [0x0221, 37, 34, 0],
  [0x0141, 38, 35, 0],
  [0x0111, 39, 36, 0],
  [0x0085, 40, 37, 0],
  [0x0049, 41, 38, 0],
  [0x0025, 42, 39, 0],
  [0x0015, 43, 40, 0],
  [0x0009, 44, 41, 0],
  [0x0005, 45, 42, 0],
  [0x0001, 45, 43, 0],
  [0x5601, 46, 46, 0],
];
const QE = Uint16Array.from(STATES, (state) => state[0]);
/** A context holds `state × 2 + more probable symbol`; both successors are looked up with that. */
const AFTER_MPS = Uint8Array.from(
  { length: STATES.length * 2 },
  (_, at) => ((STATES[at >> 1]?.[1] ?? 0) << 1) | (at & 1),
);
const AFTER_LPS = Uint8Array.from({ length: STATES.length * 2 }, (_, at) => {
  const [, , next, flips] = STATES[at >> 1] ?? [0, 0, 0, 0];
  return (next << 1) | ((at & 1) ^ flips);
});

export interface MqEncoder {
  encode(context: number, bit: number): void;
  /** Ends the code string with the marker FF AC. */
  finish(): Uint8Array;
}

export function createMqEncoder(contextCount: number): MqEncoder {
  const contexts = new Uint8Array(contextCount);
  let output = new Uint8Array(16 * 1024);
  let position = -1;
  let pending = 0;
  let a = 0x8000;
  let c = 0;
  let shiftsLeft = 12;

  function put(byte: number): void {
    if (position >= 0) {
      if (position === output.length) {
        const larger = new Uint8Array(output.length * 2);
        larger.set(output);
        output = larger;
      }
      output[position] = pending;
    }
    position++;
    pending = byte;
  }

  /** BYTEOUT of figure E.3, with the bit stuffing after FF. */
  function emitByte(): void {
    if (pending !== 0xff && c >= 0x8000000) {
      pending++;
      c &= 0x7ffffff;
    }
    if (pending === 0xff) {
      put(c >>> 20);
      c &= 0xfffff;
      shiftsLeft = 7;
    } else {
      put(c >>> 19);
      c &= 0x7ffff;
      shiftsLeft = 8;
    }
  }

  function renormalise(): void {
    do {
      a = (a << 1) & 0xffff;
      c = (c << 1) >>> 0;
      if (--shiftsLeft === 0) emitByte();
    } while (a < 0x8000);
  }

  return {
    encode(context, bit) {
      const state = contexts[context] as number;
      const qe = QE[state >> 1] as number;
      a -= qe;
      if (bit === (state & 1)) {
        if (a >= 0x8000) {
          c += qe;
          return;
        }
        if (a < qe) a = qe;
        else c += qe;
        contexts[context] = AFTER_MPS[state] as number;
      } else {
        if (a < qe) c += qe;
        else a = qe;
        contexts[context] = AFTER_LPS[state] as number;
      }
      renormalise();
    },
    finish() {
      const limit = c + a;
      c = (c | 0xffff) >>> 0;
      if (c >= limit) c -= 0x8000;
      for (let round = 0; round < 2; round++) {
        c = (c << shiftsLeft) >>> 0;
        emitByte();
      }
      if (pending !== 0xff) put(0xff);
      put(0xac);
      put(0);
      return output.slice(0, position);
    },
  };
}
