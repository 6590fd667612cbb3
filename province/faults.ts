/** @file The switches of the simulator: which misbehaviour hits this request. Off unless asked for. */
import type { FaultName, Faults } from './protocol.ts';
import type { Route } from './routes.ts';

export interface FaultBox {
  readonly set: (faults: Faults) => void;
  /** Whether `name` hits this request, which it fits; counts the hits. */
  readonly strikes: (name: FaultName, route: Route | undefined) => boolean;
  readonly fired: () => Readonly<Record<string, number>>;
}

/** Routes a fault fits; the others fit all of the contract. Health checks always tell the truth. */
const FITS: Partial<Record<FaultName, readonly string[]>> = {
  'drop-reply-after-commit': ['commit'],
  'forged-receipt': ['commit'],
  'reset-mid-patch': ['patch'],
  'wrong-offset': ['head', 'file'],
  '460': ['patch'],
  '423': ['patch', 'head'],
};

export function createFaultBox(random: () => number): FaultBox {
  let faults: Faults = {};
  const fired: Record<string, number> = {};
  return {
    set(next) {
      faults = { ...next };
    },
    strikes(name, route) {
      const rate = faults[name] ?? 0;
      if (rate === 0 || !route || route.name === 'health') return false;
      if (FITS[name] && !FITS[name].includes(route.name)) return false;
      if (random() >= rate) return false;
      fired[name] = (fired[name] ?? 0) + 1;
      return true;
    },
    fired: () => ({ ...fired }),
  };
}

/** Faults that are nothing but an answer. */
export const ANSWERING_FAULTS: readonly {
  readonly name: FaultName;
  readonly status: number;
  readonly headers: Record<string, string>;
}[] = [
  { name: '401', status: 401, headers: {} },
  { name: '403', status: 403, headers: {} },
  { name: '423', status: 423, headers: {} },
  { name: '429', status: 429, headers: { 'retry-after': '1' } },
  { name: '460', status: 460, headers: {} },
  { name: '500', status: 500, headers: {} },
  { name: '503', status: 503, headers: { 'retry-after': '1' } },
];

export const CAPTIVE_PAGE = '<!doctype html><title>Đăng nhập mạng</title><p>Vui lòng đăng nhập để dùng Internet.</p>';
