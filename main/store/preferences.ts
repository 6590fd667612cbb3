/**
 * @file What an officer and this machine like, kept over restarts. A row that a later version wrote and this one cannot read
 * counts as absent: a preference is never a reason not to work.
 */
import type { Preferences, PreferencesChange, ScanSettings } from '../../preload/types.ts';
import { Scanner } from '../imaging/protocol.ts';
import {
  Preferences as PreferencesSchema,
  ScanSettings as ScanSettingsSchema,
  USUAL_PREFERENCES,
} from '../scan-presets/schemas.ts';
import { inTransaction, nowMs, readSetting, writeSetting, type StoreContext } from './context.ts';

const SCANNER = 'scanner-id';
/** Devices come and go over the years; the oldest choices are forgotten first. */
const MOST_SCAN_SETTINGS = 500;
const MOST_KNOWN_SCANNERS = 20;

export function readPreferences(context: StoreContext, officerId: string): Preferences {
  const row = context.sql('SELECT theme, text_percent FROM officer_preference WHERE officer_id = ?').get(officerId) as
    { theme: string; text_percent: number } | undefined;
  const scannerId = readSetting(context, SCANNER);
  const read = PreferencesSchema.safeParse({
    theme: row?.theme ?? USUAL_PREFERENCES.theme,
    textPercent: row?.text_percent ?? USUAL_PREFERENCES.textPercent,
    scannerId,
  });
  return read.success ? read.data : { ...USUAL_PREFERENCES, scannerId };
}

/** Only what `change` names; the others stay as they are. */
export function setPreferences(context: StoreContext, officerId: string, change: PreferencesChange): Preferences {
  return inTransaction(context, () => {
    const { theme, textPercent, scannerId, scan } = change;
    if (theme !== undefined || textPercent !== undefined) {
      const before = readPreferences(context, officerId);
      context
        .sql(
          `INSERT INTO officer_preference (officer_id, theme, text_percent) VALUES (?, ?, ?)
           ON CONFLICT (officer_id) DO UPDATE SET theme = excluded.theme, text_percent = excluded.text_percent`,
        )
        .run(officerId, theme ?? before.theme, textPercent ?? before.textPercent);
    }
    if (scannerId !== undefined) writeSetting(context, SCANNER, scannerId);
    if (scan !== undefined) setScanSettings(context, scan);
    return readPreferences(context, officerId);
  });
}

function setScanSettings(context: StoreContext, choice: NonNullable<PreferencesChange['scan']>): void {
  const { deviceId, paper, settings } = choice;
  if (settings === null) {
    context.sql('DELETE FROM scan_setting WHERE device_id = ? AND paper = ?').run(deviceId, paper);
    return;
  }
  context
    .sql(
      `INSERT INTO scan_setting (device_id, paper, settings, set_at_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (device_id, paper) DO UPDATE SET settings = excluded.settings, set_at_ms = excluded.set_at_ms`,
    )
    .run(deviceId, paper, JSON.stringify(settings), nowMs(context));
  context
    .sql(
      `DELETE FROM scan_setting WHERE (device_id, paper) IN
       (SELECT device_id, paper FROM scan_setting ORDER BY set_at_ms DESC LIMIT -1 OFFSET ?)`,
    )
    .run(MOST_SCAN_SETTINGS);
}

/** What was chosen by hand for this paper on this device; null when nothing was. */
export function readScanSettings(context: StoreContext, deviceId: string, paper: string): ScanSettings | null {
  const row = context
    .sql('SELECT settings FROM scan_setting WHERE device_id = ? AND paper = ?')
    .get(deviceId, paper) as { settings: string } | undefined;
  if (!row) return null;
  const read = ScanSettingsSchema.safeParse(JSON.parse(row.settings));
  return read.success ? read.data : null;
}

export interface KnownScanner {
  /** As the desk knows it. */
  readonly deviceId: string;
  readonly scanner: Scanner;
}

/** Seen in the network before, newest first: they are asked directly, beside listening for announcements. */
export function knownScanners(context: StoreContext): KnownScanner[] {
  const rows = context.sql('SELECT device_id, scanner FROM known_scanner ORDER BY seen_at_ms DESC').all() as {
    device_id: string;
    scanner: string;
  }[];
  return rows.flatMap((row) => {
    const read = Scanner.safeParse(JSON.parse(row.scanner));
    return read.success ? [{ deviceId: row.device_id, scanner: read.data }] : [];
  });
}

export function rememberScanners(context: StoreContext, seen: readonly KnownScanner[]): null {
  inTransaction(context, () => {
    for (const { deviceId, scanner } of seen) {
      context
        .sql(
          `INSERT INTO known_scanner (device_id, scanner, seen_at_ms) VALUES (?, ?, ?)
           ON CONFLICT (device_id) DO UPDATE SET scanner = excluded.scanner, seen_at_ms = excluded.seen_at_ms`,
        )
        .run(deviceId, JSON.stringify(scanner), nowMs(context));
    }
    context
      .sql(
        `DELETE FROM known_scanner WHERE device_id IN
         (SELECT device_id FROM known_scanner ORDER BY seen_at_ms DESC LIMIT -1 OFFSET ?)`,
      )
      .run(MOST_KNOWN_SCANNERS);
  });
  return null;
}
