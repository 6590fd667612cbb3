/** @file Ctrl+K: one box for dossiers, people, procedures and every action of the desk. */
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { IconBook2, IconFileText, IconSearch } from '@tabler/icons-react';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import type { DossierSummary, ProcedureSummary } from '../../../preload/types.ts';
import { ask } from '../../app/bridge.ts';
import { Key } from '../../components/marks.tsx';
import { foldText } from '../../language/format.ts';
import { fill } from '../../language/words.ts';
import { chooseProcedure, importFiles, readIdentityImage, startDossier } from '../../state/actions.ts';
import { openPanel, useDesk } from '../../state/desk.ts';
import { openDossier, useDossier } from '../../state/dossier.ts';
import { chooseTextPercent, chooseTheme } from '../../state/preferences.ts';
import { signOut, useHasRole, useSession, useWords } from '../../state/session.ts';
import { findShortcut, useShortcutTable } from '../../state/shortcuts.ts';

const [store, box] = createSpotlight();
export function openCommandBox(): void {
  box.open();
}

const SEARCH_DELAY_MS = 120;
const MOST_FOUND = 6;

interface Command {
  readonly name: string;
  readonly key: string | null;
  readonly run: () => void;
}

function useCommands(): readonly Command[] {
  const words = useWords();
  const shortcuts = useShortcutTable((view) => view.shortcuts);
  const isDraft = useDossier((view) => view.dossier?.state === 'draft');
  const isSigner = useHasRole('signer');
  const language = useSession((view) => view.language);
  return useMemo(() => {
    const keyed = shortcuts
      .filter(
        (shortcut) =>
          shortcut.label !== null && /^(F\d|Ctrl)/.test(shortcut.keys[0] ?? '') && shortcut.keys[0] !== 'Ctrl+K',
      )
      // A key that two parts of the screen registered is one command.
      .filter((shortcut, at, all) => all.findIndex((other) => other.keys[0] === shortcut.keys[0]) === at)
      .map((shortcut) => ({
        name: shortcut.label ?? '',
        key: shortcut.keys[0] ?? null,
        run: () => findShortcut(shortcut.keys[0] ?? '')?.run(shortcut.keys[0] ?? ''),
      }));
    const command = (name: string, run: () => void): Command => ({ name, key: null, run });
    return [
      ...keyed,
      ...(isDraft
        ? [
            command(words.papers.import, () => void importFiles()),
            command(words.applicant.readImage, () => void readIdentityImage()),
            command(words.dossier.discard, () => useDesk.setState({ isDiscarding: true })),
          ]
        : []),
      ...(isSigner ? [command(words.top.deskSigning, () => useDesk.setState({ desk: 'signing' }))] : []),
      command(words.backlog.title, () => useDesk.setState({ desk: 'backlog' })),
      command(words.verification.command, () => openPanel('verification')),
      command(words.panel.syncTitle, () => openPanel('sync')),
      command(words.panel.walkTitle, () => openPanel('practice')),
      command(words.commands.themeLight, () => chooseTheme('light')),
      command(words.commands.themeDark, () => chooseTheme('dark')),
      ...([100, 125, 150] as const).map((percent) =>
        command(fill(words.commands.text, { percent }), () => chooseTextPercent(percent)),
      ),
      command(words.app.language, () => useSession.setState({ language: language === 'vi' ? 'en' : 'vi' })),
      command(words.top.signOut, () => void signOut()),
    ];
  }, [words, shortcuts, isDraft, isSigner, language]);
}

interface Found {
  readonly text: string;
  readonly dossiers: readonly DossierSummary[];
  readonly procedures: readonly ProcedureSummary[];
}
const NOTHING: Found = { text: '', dossiers: [], procedures: [] };

/** What was found for this very text: what an earlier text found must never be what Enter opens. */
function useFound(query: string): Found {
  const [found, setFound] = useState<Found>(NOTHING);
  const text = query.trim().normalize('NFC');
  useEffect(() => {
    if (text === '') {
      setFound(NOTHING);
      return undefined;
    }
    let isCurrent = true;
    const timer = setTimeout(() => {
      void Promise.all([
        ask('dossiers.list', { text, states: [], limit: MOST_FOUND, offset: 0 }),
        ask('procedures.search', { text, limit: MOST_FOUND }),
      ]).then(([dossiers, procedures]) => {
        if (isCurrent)
          setFound({
            text,
            dossiers: dossiers.ok ? dossiers.value.items : [],
            procedures: procedures.ok ? procedures.value : [],
          });
      });
    }, SEARCH_DELAY_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [text]);
  return found.text === text ? found : NOTHING;
}

/** The library marks one row in the page itself; when that row goes, Enter would do nothing. */
function useSomeRowMarked(rows: string): void {
  useEffect(() => {
    const { listId, opened } = store.getState();
    const list = opened && listId !== '' ? document.getElementById(listId) : null;
    if (list === null || list.querySelector('[data-selected]') !== null) return;
    list.querySelector('[data-action]')?.setAttribute('data-selected', 'true');
    store.updateState((state) => ({ ...state, selected: 0 }));
  }, [rows]);
}

async function startWith(code: string): Promise<void> {
  if (useDossier.getState().dossier?.state !== 'draft') await startDossier();
  if (useDossier.getState().dossier?.state === 'draft') await chooseProcedure(code);
}

export function CommandBox(): ReactNode {
  const words = useWords();
  const [query, setQuery] = useState('');
  const isCounter = useHasRole('counter');
  const found = useFound(query);
  const folded = foldText(query.trim());
  const commands = useCommands().filter((command) => foldText(command.name).includes(folded));
  useSomeRowMarked(
    [
      ...found.dossiers.map(({ id }) => id),
      ...found.procedures.map(({ code }) => code),
      ...commands.map(({ name }) => name),
    ].join('\n'),
  );
  const isEmpty = commands.length === 0 && found.dossiers.length === 0 && found.procedures.length === 0;

  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      lockScroll={false}
      scrollable
      maxHeight="60vh"
      size="42rem"
      attributes={{ content: { 'aria-label': words.commands.label } }}
    >
      <Spotlight.Search
        placeholder={words.commands.placeholder}
        aria-label={words.commands.label}
        leftSection={<IconSearch size="1.25rem" aria-hidden />}
        data-testid="command-box"
      />
      <Spotlight.ActionsList>
        {found.dossiers.length === 0 ? null : (
          <Spotlight.ActionsGroup label={words.commands.dossiers}>
            {found.dossiers.map((dossier) => (
              <Spotlight.Action
                key={dossier.id}
                label={dossier.applicantName === '' ? words.list.noName : dossier.applicantName}
                description={[dossier.code, words.states[dossier.state], dossier.procedureName]
                  .filter(Boolean)
                  .join(' · ')}
                leftSection={<IconFileText size="1.25rem" stroke={1.5} aria-hidden />}
                onClick={() => {
                  useDesk.setState({ desk: 'counter' });
                  void openDossier(dossier.id);
                }}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {found.procedures.length === 0 || !isCounter ? null : (
          <Spotlight.ActionsGroup label={words.commands.procedures}>
            {found.procedures.map((procedure) => (
              <Spotlight.Action
                key={procedure.code}
                label={procedure.name}
                description={`${procedure.code} · ${procedure.field} · ${words.commands.startWith}`}
                leftSection={<IconBook2 size="1.25rem" stroke={1.5} aria-hidden />}
                onClick={() => void startWith(procedure.code)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {commands.length === 0 ? null : (
          <Spotlight.ActionsGroup label={words.commands.actions}>
            {commands.map((command) => (
              <Spotlight.Action
                key={command.name}
                label={command.name}
                rightSection={command.key === null ? undefined : <Key>{command.key}</Key>}
                dimmedSections={false}
                onClick={command.run}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {isEmpty ? <Spotlight.Empty>{words.commands.nothing}</Spotlight.Empty> : null}
      </Spotlight.ActionsList>
      <Spotlight.Footer>{words.commands.keysHint}</Spotlight.Footer>
    </Spotlight.Root>
  );
}
