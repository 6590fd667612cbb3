/**
 * @file One list from many drivers. A device that is on the network, on SANE and on WIA is one device to an officer: shown
 * under the best driver, the other ways to it last, for when that one fails (some devices scan one page only over eSCL, or
 * work with their maker's driver alone).
 */
import type { Scanner } from '../protocol.ts';

/** Our own code before the system's, the system's before a maker's 32-bit one. */
const PREFERENCE: readonly Scanner['driver'][] = ['escl', 'wia', 'sane', 'twain', 'folder', 'sample'];
/** What drivers add to a model's name: how it is connected, which driver it is, and words every device has. */
const ADDED =
  /\b(?:wia|twain|escl|airscan|wsd|usb|network|lan|wi-?fi|tcp\/?ip|series|scanner|driver|flatbed|multifunction peripheral|all-in-one)\b/gi;
const ADDRESS = /\((?:[^()]*)\)|\[[0-9a-f:.]+\]|\b(?:\d{1,3}\.){3}\d{1,3}\b|#\d+$/gi;

/** The model without what a driver adds to it: `HP LaserJet M426 (192.168.1.9)` and `WIA-HP LaserJet M426` are the same. */
export function modelOf(name: string): string {
  return name
    .normalize('NFKC')
    .replace(ADDRESS, ' ')
    .replace(ADDED, ' ')
    .toLowerCase()
    .replace(/hewlett[\s-]*packard/g, 'hp')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .trim();
}

/** Same order as they came, twins last. */
export function mergeDevices(scanners: readonly Scanner[]): Scanner[] {
  const ranked = [...scanners].sort((a, b) => PREFERENCE.indexOf(a.driver) - PREFERENCE.indexOf(b.driver));
  const twins = new Map<string, string>();
  for (const scanner of ranked) {
    const first = ranked.find((other) => other !== scanner && !twins.has(other.id) && isTwin(scanner, other, ranked));
    if (first) twins.set(scanner.id, first.id);
  }
  const isFirst = (scanner: Scanner): boolean => !twins.has(scanner.id);
  return [
    ...scanners.filter(isFirst),
    ...scanners.filter((scanner) => !isFirst(scanner)).map((scanner) => withTwin(scanner, twins.get(scanner.id))),
  ];
}

function withTwin(scanner: Scanner, twinOf: string | undefined): Scanner {
  return twinOf === undefined ? scanner : { ...scanner, twinOf };
}

/** Whether `other` is the better way to the device that `scanner` is. */
function isTwin(scanner: Scanner, other: Scanner, all: readonly Scanner[]): boolean {
  const isBetter = PREFERENCE.indexOf(other.driver) < PREFERENCE.indexOf(scanner.driver);
  if (!isBetter || isMadeUp(scanner) || isMadeUp(other)) return false;
  if (scanner.uuid !== undefined && scanner.uuid === other.uuid) return true;
  const model = modelOf(scanner.name);
  if (model === '' || model !== modelOf(other.name)) return false;
  // Two of the same model: nobody can say which is which, so none is taken for another.
  const count = (driver: Scanner['driver']): number =>
    all.filter((one) => one.driver === driver && modelOf(one.name) === model).length;
  return count(scanner.driver) === 1 && count(other.driver) === 1;
}

/** Folders are called what their office calls them. */
function isMadeUp({ driver }: Scanner): boolean {
  return driver === 'folder' || driver === 'sample';
}
