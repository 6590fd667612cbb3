/** @file Người nộp: read from the card's QR, or typed. Saved while typing pauses and when a field is left. */
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { IconId } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { UNKNOWN_APPLICANT } from '../../../preload/applicant.ts';
import type { Applicant, ApplicantField, Dossier } from '../../../preload/types.ts';
import { formatDay, parseDay } from '../../language/format.ts';
import { readIdentityImage } from '../../state/actions.ts';
import { showPage } from '../../state/desk.ts';
import { edit } from '../../state/dossier.ts';
import { useWords } from '../../state/session.ts';
import classes from './dossier.module.css';
import { IdentityDoubts } from './identity-doubts.tsx';

const SAVE_DELAY_MS = 700;

type TextField = Exclude<ApplicantField, 'sex'>;
const FIELDS: readonly {
  readonly name: TextField;
  readonly span: number;
  readonly mode?: 'numeric' | 'tel' | 'email';
}[] = [
  { name: 'fullName', span: 4 },
  { name: 'birthDate', span: 2 },
  { name: 'idNumber', span: 2, mode: 'numeric' },
  { name: 'idIssuedOn', span: 2 },
  { name: 'oldIdNumber', span: 2, mode: 'numeric' },
  { name: 'address', span: 6 },
  { name: 'phone', span: 3, mode: 'tel' },
  { name: 'email', span: 3, mode: 'email' },
];
const DAYS: readonly ApplicantField[] = ['birthDate', 'idIssuedOn'];

function shownText(applicant: Applicant, name: TextField): string {
  const value = applicant[name] ?? '';
  return DAYS.includes(name) && value !== '' ? formatDay(value) : value;
}

/** What the text means as a value; `undefined` when it cannot be saved as it stands. */
function valueOf(name: TextField, text: string): string | null | undefined {
  const clean = text.normalize('NFC').trim().replaceAll(/\s+/g, ' ');
  if (name === 'fullName') return clean;
  if (DAYS.includes(name)) return parseDay(clean);
  if (clean === '') return null;
  const digits = clean.replaceAll(/[\s.-]/g, '');
  if (name === 'idNumber') return /^(\d{9}|\d{12})$/.test(digits) ? digits : undefined;
  if (name === 'oldIdNumber') return /^\d{9}$/.test(digits) ? digits : undefined;
  if (name === 'phone') return /^\+?\d{10,11}$/.test(digits) ? digits : undefined;
  if (name === 'email') return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(clean) ? clean : undefined;
  return clean;
}

/** Applies to the newest dossier, so that a repeat after somebody else's change keeps both. */
function saveField(name: ApplicantField, value: string | null): void {
  void edit('dossiers.setApplicant', (dossier) => {
    const applicant = dossier.applicant ?? UNKNOWN_APPLICANT;
    const sources = { ...applicant.sources };
    // Also when emptied: what the officer took out is not filled again from a paper.
    sources[name] = 'typed';
    return { applicant: { ...applicant, [name]: value, sources } };
  });
}

export function ApplicantSection({
  dossier,
  isEditable,
}: {
  readonly dossier: Dossier;
  readonly isEditable: boolean;
}): ReactNode {
  const words = useWords();
  const applicant = dossier.applicant ?? UNKNOWN_APPLICANT;
  return (
    <>
      {isEditable ? (
        <div className={classes['hint']}>
          <span>
            <IconId size="1.25rem" stroke={1.5} aria-hidden style={{ verticalAlign: '-0.3em' }} />{' '}
            {words.applicant.hint}
          </span>
          <Button
            size="compact-md"
            variant="default"
            onClick={() => void readIdentityImage()}
            data-testid="read-identity-image"
          >
            {words.applicant.readImage}
          </Button>
        </div>
      ) : null}
      <IdentityDoubts dossier={dossier} isEditable={isEditable} />
      <div className={classes['grid']}>
        {FIELDS.map(({ name, span, mode }, index) => (
          <div key={name} data-span={span}>
            <ApplicantText
              dossier={dossier}
              applicant={applicant}
              name={name}
              isFirst={index === 0}
              isEditable={isEditable}
              {...(mode === undefined ? {} : { mode })}
            />
          </div>
        ))}
        <div data-span="3">
          <div className={classes['label']} id="applicant-sex-label">
            {words.applicantFields.sex}
            {applicant.sources.sex === undefined ? null : (
              <span className={classes['source']}>{words.sources[applicant.sources.sex]}</span>
            )}
          </div>
          <SegmentedControl
            fullWidth
            aria-labelledby="applicant-sex-label"
            value={applicant.sex ?? 'unknown'}
            readOnly={!isEditable}
            onChange={(value) => saveField('sex', value === 'unknown' ? null : value)}
            data-testid="applicant-sex"
            data={[
              { value: 'female', label: words.applicant.female },
              { value: 'male', label: words.applicant.male },
              { value: 'unknown', label: words.applicant.unknownSex },
            ]}
          />
        </div>
        <div data-span="3">
          <div className={classes['label']} id="applicant-kind-label">
            {words.applicant.kind}
          </div>
          <SegmentedControl
            fullWidth
            aria-labelledby="applicant-kind-label"
            value={applicant.kind}
            readOnly={!isEditable}
            onChange={(value) =>
              void edit('dossiers.setApplicant', (newest) => ({
                applicant: { ...(newest.applicant ?? UNKNOWN_APPLICANT), kind: value as Applicant['kind'] },
              }))
            }
            data-testid="applicant-kind"
            data={[
              { value: 'person', label: words.applicant.person },
              { value: 'organisation', label: words.applicant.organisation },
            ]}
          />
        </div>
      </div>
    </>
  );
}

interface TextProps {
  readonly dossier: Dossier;
  readonly applicant: Applicant;
  readonly name: TextField;
  readonly mode?: 'numeric' | 'tel' | 'email';
  readonly isFirst: boolean;
  readonly isEditable: boolean;
}

function ApplicantText({ dossier, applicant, name, mode, isFirst, isEditable }: TextProps): ReactNode {
  const words = useWords();
  const stored = shownText(applicant, name);
  const [text, setText] = useState(stored);
  const [isWrong, setIsWrong] = useState(false);
  const isDirty = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const saved = useRef(stored);

  useEffect(() => {
    saved.current = stored;
    if (!isDirty.current) setText(stored);
  }, [stored]);

  function save(current: string, isLeaving: boolean): void {
    clearTimeout(timer.current);
    if (!isDirty.current) return;
    const value = valueOf(name, current);
    setIsWrong(value === undefined && isLeaving);
    if (value === undefined) return;
    isDirty.current = false;
    const before = valueOf(name, saved.current);
    if (value !== before) saveField(name, value);
    else if (isLeaving) setText(saved.current);
  }

  const current = useRef(save);
  const latestText = useRef(text);
  useEffect(() => {
    current.current = save;
    latestText.current = text;
  });
  // Folding or leaving the dossier saves what was typed; nothing waits for a button.
  useEffect(() => () => current.current(latestText.current, false), []);

  const messages: Readonly<Partial<Record<TextField, string>>> = {
    birthDate: words.applicant.badDate,
    idIssuedOn: words.applicant.badDate,
    idNumber: words.applicant.badIdNumber,
    oldIdNumber: words.applicant.badIdNumber,
    phone: words.applicant.badPhone,
    email: words.applicant.badEmail,
  };
  const source = applicant.sources[name];

  function showWhereItStands(): void {
    const value = applicant[name];
    const field =
      value === null || value === ''
        ? undefined
        : dossier.fields.find((one) => one.pageId !== null && one.value === value);
    if (field?.pageId != null) showPage(field.pageId, field.id);
  }

  return (
    <TextInput
      label={words.applicantFields[name]}
      description={source === undefined || stored === '' ? undefined : words.sources[source]}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      error={isWrong ? messages[name] : undefined}
      value={text}
      readOnly={!isEditable}
      withAsterisk={name === 'fullName' || name === 'idNumber'}
      inputMode={mode}
      autoComplete="off"
      spellCheck={false}
      title={text}
      data-testid={`applicant-${name}`}
      {...(isFirst ? { 'data-section-first': true } : {})}
      onFocus={showWhereItStands}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        clearTimeout(timer.current);
        // Back to what is stored (a card reader's digits taken out again) is nothing to save over what comes next.
        isDirty.current = next !== saved.current;
        if (isDirty.current) timer.current = setTimeout(() => current.current(next, false), SAVE_DELAY_MS);
      }}
      onBlur={() => save(text, true)}
    />
  );
}
