/** @file `motcua verify --pdf-report`: what was found, on pages that can be printed and kept with the files. */
import { streamBlob } from '../blobs/blob-file.ts';
import type { BlockInput } from '../forms/form-model.ts';
import { buildVerificationForm } from '../forms/verification-report.ts';
import { unwrap } from '../rooms/failure.ts';
import { loadSettings } from '../settings/settings.ts';
import type { VerificationResult } from '../signing/verification/report.ts';
import { writeAgain } from './named-file.ts';
import { nodeMachine } from './node-machine.ts';
import type { Where } from './output.ts';
import { withImaging } from './with-imaging.ts';

export interface ReportedFile {
  readonly fileName: string;
  /** Null when it could not be read at all. */
  readonly result: VerificationResult | null;
  readonly reasons: readonly string[];
}

/** More pages than these nobody prints; the JSON report has every file. */
export const MAX_PDF_REPORTS = 200;

export async function writeVerificationPdf(where: Where, out: string, files: readonly ReportedFile[]): Promise<void> {
  const { paths } = nodeMachine(where);
  const agencyName = loadSettings(paths.data, paths.resources).settings.agency.name;
  const forms = files.flatMap(({ fileName, result }) =>
    result === null ? [] : [buildVerificationForm({ fileName, result, agencyName })],
  );
  const unread = files.filter((file) => file.result === null).map(asNotice);
  const [first] = forms;
  await withImaging(where, 1, async (imaging) => {
    const form = {
      ...(first ?? {
        paper: 'A4' as const,
        marginsMm: { top: 20, right: 15, bottom: 20, left: 25 },
        title: 'Phiếu kiểm tra chữ ký số',
        metadata: {},
        createdAt: new Date().toISOString(),
      }),
      blocks: [...forms.flatMap((each, index) => [...(index === 0 ? [] : [SEPARATOR]), ...each.blocks]), ...unread],
    };
    const { pdf } = unwrap(await imaging.room.call('composeForm', { form }));
    await writeAgain(out, streamBlob(imaging.access(pdf)));
    return 0;
  });
}

const SEPARATOR: BlockInput = { kind: 'rule', beforePt: 24, afterPt: 24 };

function asNotice({ fileName, reasons }: ReportedFile): BlockInput {
  const text = `Không đọc được: ${fileName}. ${reasons.join(' ')}`;
  // Names and messages may hold anything; on paper they are words on a line.
  const printable = text.replace(/\p{C}+/gu, ' ').slice(0, 1_000);
  return { kind: 'notice', align: 'left', runs: [{ text: printable }] };
}
