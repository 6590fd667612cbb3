/** @file What happens when a handheld reader has read something: a card fills the dossier, a receipt opens its own. */
import { ask } from '../app/bridge.ts';
import { tell } from '../app/toast.tsx';
import type { WedgeText } from '../app/wedge-text.ts';
import { fill } from '../language/words.ts';
import { takeIdentityText } from './actions.ts';
import { openDossier } from './dossier.ts';
import { showFailure } from './failures.ts';
import { currentWords } from './session.ts';

export async function takeCode(code: WedgeText): Promise<void> {
  const words = currentWords().wedge;
  switch (code.kind) {
    case 'identity':
      await takeIdentityText(code.text);
      if (code.isRepaired) tell(words.repaired);
      return;
    case 'receipt':
      return openByReceipt(code.code);
    default:
      tell(words[code.kind]);
  }
}

async function openByReceipt(code: string): Promise<void> {
  const words = currentWords().wedge;
  const found = await ask('dossiers.list', { text: code, states: [], limit: 5, offset: 0 });
  if (!found.ok) {
    showFailure(found, () => void openByReceipt(code));
    return;
  }
  const dossier = found.value.items.find((item) => item.code === code);
  if (dossier === undefined) {
    tell(fill(words.receiptNotFound, { code }));
    return;
  }
  await openDossier(dossier.id);
  tell(fill(words.receiptOpened, { code }));
}
