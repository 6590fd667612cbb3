/** @file The file whose signatures are being checked, and what was found. */
import { create } from 'zustand';
import type { VerificationReport } from '../../preload/types.ts';
import type { Result } from '../../preload/result.ts';
import { ask } from '../app/bridge.ts';
import { tell } from '../app/toast.tsx';
import { fill } from '../language/words.ts';
import { openPanel } from './desk.ts';
import { showFailure } from './failures.ts';
import { currentWords } from './session.ts';

interface Verification {
  readonly isChecking: boolean;
  readonly needsPassword: boolean;
  readonly report: VerificationReport | null;
}

export const useVerification = create<Verification>(() => ({ isChecking: false, needsPassword: false, report: null }));

async function check(
  work: () => Promise<Result<VerificationReport>>,
  tryAgain: () => void,
  mayAskPassword: boolean,
): Promise<void> {
  if (useVerification.getState().isChecking) return;
  openPanel('verification');
  useVerification.setState({ isChecking: true, needsPassword: false });
  const answer = await work();
  useVerification.setState({ isChecking: false });
  if (answer.ok) useVerification.setState({ report: answer.value });
  else if (answer.code === 'pdf-password' && mayAskPassword)
    useVerification.setState({ report: null, needsPassword: true });
  else if (answer.code !== 'cancelled') {
    // The report of the file before would stand there as if it were this one's.
    useVerification.setState({ report: null });
    showFailure(answer, tryAgain);
  }
}

export function verifyFile(password: string | null = null): Promise<void> {
  return check(
    () => ask('signatures.verifyFile', { password }),
    () => void verifyFile(),
    true,
  );
}

export function verifyDocument(documentId: string): Promise<void> {
  return check(
    () => ask('signatures.verifyDocument', { documentId }),
    () => void verifyDocument(documentId),
    false,
  );
}

export async function saveReport(): Promise<void> {
  const { report } = useVerification.getState();
  if (report === null) return;
  const answer = await ask('signatures.saveReport', { reportId: report.reportId });
  if (answer.ok) tell(fill(currentWords().verification.saved, { file: answer.value.fileName }));
  else if (answer.code !== 'cancelled') showFailure(answer, () => void saveReport());
}
