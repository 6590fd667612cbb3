/**
 * @file The look in one place: Mantine's theme and what it turns into. `theme-variables.css` is generated from this file
 * (a test keeps the two equal), because the page's policy forbids the <style> tag Mantine would write at run time.
 */
import {
  convertCssVariables,
  createTheme,
  defaultCssVariablesResolver,
  mergeMantineTheme,
  DEFAULT_THEME,
  type CSSVariablesResolver,
} from '@mantine/core';

export const theme = createTheme({
  fontFamily: "'Be Vietnam Pro', 'Segoe UI', system-ui, sans-serif",
  fontFamilyMonospace: "'Be Vietnam Pro', 'Segoe UI', system-ui, sans-serif",
  headings: { fontFamily: "'Be Vietnam Pro', 'Segoe UI', system-ui, sans-serif", fontWeight: '600' },
  primaryColor: 'navy',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  // One deep blue for action; the dark theme takes its lighter steps.
  colors: {
    navy: [
      '#eef3fb',
      '#dbe5f4',
      '#b5c9e8',
      '#8cabdc',
      '#8fb2ec',
      '#4a78c2',
      '#2f61b3',
      '#1b4b9b',
      '#153c7d',
      '#0e2c5e',
    ],
  },
  fontSizes: { xs: '0.8125rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  spacing: { xs: '0.25rem', sm: '0.5rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
});

const resolver: CSSVariablesResolver = (merged) => {
  const base = defaultCssVariablesResolver(merged);
  return {
    variables: base.variables,
    light: {
      ...base.light,
      '--mantine-color-text': '#1a1f27',
      '--mantine-color-body': '#ffffff',
      '--mantine-color-dimmed': '#4b5563',
      '--mantine-color-placeholder': '#5f6875',
      '--mantine-color-default-border': '#8a93a0',
      '--mantine-color-error': '#b3131b',
      '--desk-surface': '#f4f6f8',
      '--desk-raised': '#ffffff',
      '--desk-line': '#d3d8df',
      '--desk-muted': '#4b5563',
      '--desk-action': '#1b4b9b',
      '--desk-action-soft': '#e3ecf8',
      '--desk-good': '#14632f',
      '--desk-good-soft': '#e4f3e8',
      '--desk-warn': '#7a4a00',
      '--desk-warn-soft': '#fdf0d5',
      '--desk-wrong': '#a3121a',
      '--desk-wrong-soft': '#fce8e8',
      '--desk-paper': '#e3e6ea',
      '--desk-highlight': 'rgba(255, 196, 0, 0.28)',
    },
    dark: {
      ...base.dark,
      '--mantine-color-text': '#e9ecf1',
      '--mantine-color-body': '#171b21',
      '--mantine-color-dimmed': '#b3bbc7',
      '--mantine-color-placeholder': '#a3acb9',
      '--mantine-color-default': '#1f252d',
      '--mantine-color-default-border': '#707b8a',
      '--mantine-color-error': '#ff9a9a',
      '--desk-surface': '#12161b',
      '--desk-raised': '#1b2028',
      '--desk-line': '#39424e',
      '--desk-muted': '#b3bbc7',
      '--desk-action': '#8fb2ec',
      '--desk-action-soft': '#22324c',
      '--desk-good': '#8fdba6',
      '--desk-good-soft': '#18301f',
      '--desk-warn': '#f5c56b',
      '--desk-warn-soft': '#3a2d12',
      '--desk-wrong': '#ff9a9a',
      '--desk-wrong-soft': '#43191c',
      '--desk-paper': '#0d1014',
      '--desk-highlight': 'rgba(255, 196, 0, 0.32)',
    },
  };
};

/** The text of `theme-variables.css`. */
export function themeCss(): string {
  const css = convertCssVariables(resolver(mergeMantineTheme(DEFAULT_THEME, theme)), ':root');
  return `${css.replaceAll(/[;{}]/g, (mark) => `${mark}\n`)}\n`;
}
