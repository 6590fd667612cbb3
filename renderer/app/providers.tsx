/**
 * @file What every document of the program stands in. Mantine's variables come from `theme-variables.css`; its provider
 * writes no <style>, and the colour scheme is ours, because its own switch would insert one.
 */
import '@fontsource/be-vietnam-pro/400.css';
import '@fontsource/be-vietnam-pro/500.css';
import '@fontsource/be-vietnam-pro/600.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './theme-variables.css';
import './base.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode, useEffect, useSyncExternalStore, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { useSession } from '../state/session.ts';
import { theme } from './theme.ts';

const systemDark = window.matchMedia('(prefers-color-scheme: dark)');

function useSystemDark(): boolean {
  return useSyncExternalStore(
    (changed) => {
      systemDark.addEventListener('change', changed);
      return () => systemDark.removeEventListener('change', changed);
    },
    () => systemDark.matches,
  );
}

export function Providers({ children }: { readonly children: ReactNode }): ReactNode {
  const choice = useSession((view) => view.theme);
  const textPercent = useSession((view) => view.textPercent);
  const language = useSession((view) => view.language);
  const isSystemDark = useSystemDark();
  const scheme = choice === 'system' ? (isSystemDark ? 'dark' : 'light') : choice;

  useEffect(() => {
    document.documentElement.dataset['text'] = String(textPercent);
    document.documentElement.lang = language;
  }, [textPercent, language]);

  return (
    <MantineProvider theme={theme} forceColorScheme={scheme} withCssVariables={false} withGlobalClasses={false}>
      {children}
      <Notifications position="bottom-right" limit={3} />
    </MantineProvider>
  );
}

export function start(page: ReactNode): void {
  const root = document.getElementById('root');
  if (root === null) throw new Error('The document has no #root');
  createRoot(root).render(
    <StrictMode>
      <Providers>{page}</Providers>
    </StrictMode>,
  );
}
