/**
 * @file Every key of the workbench, once: what is registered, what the bottom line shows, what `?` lists and what the
 * handbook prints. Letters are consonants that no Vietnamese typing method turns into something else on their own
 * (no vowels, no `d`, no `w`), so that Unikey left on does not change what a key does.
 */

export type CommandName =
  | 'assign'
  | 'takeOut'
  | 'turn'
  | 'hide'
  | 'showHidden'
  | 'split'
  | 'merge'
  | 'rescan'
  | 'insert'
  | 'undo'
  | 'redo'
  | 'selectAll'
  | 'selectPaper'
  | 'nextOpen'
  | 'jump'
  | 'smaller'
  | 'larger'
  | 'layout'
  | 'help';

export interface CommandKeys {
  /** As `useShortcut` takes them. */
  readonly keys: readonly string[];
  /** As they are written on the key caps. */
  readonly shown: string;
}

/** Keys of targets in their order; letters that mean nothing else here. */
export const TARGET_KEYS: readonly string[] = [...'123456789', ...'bckmqsvxz'];

export const COMMAND_KEYS: Readonly<Record<Exclude<CommandName, 'assign'>, CommandKeys>> = {
  takeOut: { keys: ['0'], shown: '0' },
  turn: { keys: ['r'], shown: 'R' },
  hide: { keys: ['h', 'Delete'], shown: 'H' },
  showHidden: { keys: ['Ctrl+H'], shown: 'Ctrl+H' },
  split: { keys: ['t'], shown: 'T' },
  merge: { keys: ['g'], shown: 'G' },
  rescan: { keys: ['l'], shown: 'L' },
  insert: { keys: ['Insert'], shown: 'Insert' },
  undo: { keys: ['Ctrl+Z'], shown: 'Ctrl+Z' },
  redo: { keys: ['Ctrl+Y', 'Ctrl+Shift+Z'], shown: 'Ctrl+Y' },
  selectAll: { keys: ['Ctrl+A'], shown: 'Ctrl+A' },
  selectPaper: { keys: ['p'], shown: 'P' },
  nextOpen: { keys: ['n'], shown: 'N' },
  jump: { keys: ['Ctrl+G'], shown: 'Ctrl+G' },
  smaller: { keys: ['Ctrl+-'], shown: 'Ctrl −' },
  larger: { keys: ['Ctrl++', 'Ctrl+='], shown: 'Ctrl +' },
  layout: { keys: ['F8'], shown: 'F8' },
  help: { keys: ['?'], shown: '?' },
};

/** What `?` and the handbook list, in this order; the key caps, and the word that says what they do. */
export const KEY_TABLE: readonly { readonly shown: string; readonly word: KeyWord }[] = [
  { shown: '← → ↑ ↓', word: 'move' },
  { shown: 'Home End', word: 'ends' },
  { shown: 'PgUp PgDn', word: 'turnOver' },
  { shown: 'Ctrl+G', word: 'jump' },
  { shown: 'N', word: 'nextOpen' },
  { shown: '1–9 B C…', word: 'assign' },
  { shown: '0', word: 'takeOut' },
  { shown: 'Space', word: 'choose' },
  { shown: 'Shift+← →', word: 'range' },
  { shown: 'Ctrl+← →', word: 'roam' },
  { shown: 'P', word: 'selectPaper' },
  { shown: 'Ctrl+A', word: 'selectAll' },
  { shown: 'T', word: 'split' },
  { shown: 'G', word: 'merge' },
  { shown: 'Alt+← →', word: 'reorder' },
  { shown: 'R', word: 'turn' },
  { shown: 'H', word: 'hide' },
  { shown: 'Ctrl+H', word: 'showHidden' },
  { shown: 'L', word: 'rescan' },
  { shown: 'Insert', word: 'insert' },
  { shown: 'Ctrl+Z', word: 'undo' },
  { shown: 'Ctrl+Y', word: 'redo' },
  { shown: '+ −', word: 'zoom' },
  { shown: 'Ctrl + −', word: 'thumbs' },
  { shown: 'F2', word: 'scan' },
  { shown: 'F8', word: 'layout' },
  { shown: 'Esc', word: 'back' },
];

export type KeyWord =
  | Exclude<CommandName, 'smaller' | 'larger' | 'help'>
  | 'move'
  | 'ends'
  | 'turnOver'
  | 'choose'
  | 'range'
  | 'roam'
  | 'reorder'
  | 'zoom'
  | 'thumbs'
  | 'scan'
  | 'back';
