/** @file What a result says beside what its dossier says, line by line; attached only with a reason. */
import { Button, Group, Table, Textarea } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { ResultFinding } from '../../../preload/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { StateWord, type Tone } from '../../components/marks.tsx';
import { formatDay } from '../../language/format.ts';
import { fill } from '../../language/words.ts';
import { confirmAttachment, dropAttachment, useAttachment, type Doubt } from '../../state/attachment.ts';
import { useWords } from '../../state/session.ts';
import classes from './dossier.module.css';

const MIN_REASON = 10;
const TONES: Readonly<Record<ResultFinding['outcome'], Tone>> = {
  agrees: 'good',
  differs: 'wrong',
  'not-found': 'quiet',
};

export function AttachmentDialog(): ReactNode {
  const words = useWords();
  const doubt = useAttachment((view) => view.doubt);
  return (
    <Dialog isOpen={doubt !== null} onClose={dropAttachment} title={words.attachment.title} size="46rem">
      {doubt === null ? null : <Comparison key={doubt.attachmentId} doubt={doubt} />}
    </Dialog>
  );
}

/** Lives as long as its file is in question: a reason written for one file is never offered for the next. */
function Comparison({ doubt }: { readonly doubt: Doubt }): ReactNode {
  const words = useWords();
  const [reason, setReason] = useState('');
  const isEnough = reason.trim().length >= MIN_REASON;
  return (
    <>
      <p>{doubt.source === 'nothing' ? words.attachment.unreadable : words.attachment.explain}</p>
      <Table withRowBorders data-testid="attachment-findings">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{words.attachment.subject}</Table.Th>
            <Table.Th scope="col">{words.attachment.expected}</Table.Th>
            <Table.Th scope="col">{words.attachment.found}</Table.Th>
            <Table.Th scope="col">{words.attachment.outcome}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {doubt.findings.map((finding) => (
            <Table.Tr key={finding.subject} data-outcome={finding.outcome}>
              <Table.Th scope="row">{words.attachmentSubjects[finding.subject]}</Table.Th>
              <Table.Td>{shown(finding, finding.expected) ?? words.attachment.nothing}</Table.Td>
              <Table.Td>{shown(finding, finding.found) ?? words.attachment.nothing}</Table.Td>
              <Table.Td className={classes['outcome']}>
                <StateWord tone={TONES[finding.outcome]}>{words.attachmentOutcomes[finding.outcome]}</StateWord>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {doubt.number === null ? null : <p>{fill(words.attachment.number, { number: doubt.number })}</p>}
      <Textarea
        label={words.attachment.reason}
        description={words.attachment.reasonHint}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={500}
        autosize
        minRows={2}
        data-testid="attachment-reason"
      />
      <Group justify="flex-end" gap="sm" mt="md">
        <Button variant="default" onClick={dropAttachment} data-autofocus data-testid="attachment-drop">
          {words.attachment.drop}
        </Button>
        <Button
          disabled={!isEnough}
          onClick={() => void confirmAttachment(reason.trim())}
          data-testid="attachment-confirm"
        >
          {words.attachment.confirm}
        </Button>
      </Group>
    </>
  );
}

function shown({ subject }: ResultFinding, value: string | null): string | null {
  return subject === 'issued-on' && value !== null ? formatDay(value) : value;
}
