/** @file Ranking of procedures against what an officer types. Pure; the index is a few hundred short rows in memory. */
import type { ProcedureSummary } from '../../preload/types.ts';
import { foldedWords, foldText } from '../dossiers/fold-text.ts';

export interface Ranked {
  readonly summary: ProcedureSummary;
  /** Repealed and replaced procedures stay findable, after those in force. */
  readonly isCurrent: boolean;
}

interface Row extends Ranked {
  readonly name: string;
  readonly words: readonly string[];
  readonly nameWordCount: number;
  readonly initials: string;
}

export function rankProcedures(items: readonly Ranked[]): (text: string, limit: number) => ProcedureSummary[] {
  const rows = items.map((item): Row => {
    const nameWords = foldedWords(item.summary.name.replace(/^thủ tục\s+/iu, ''));
    return {
      ...item,
      name: nameWords.join(' '),
      words: [...nameWords, ...foldedWords(item.summary.field)],
      nameWordCount: nameWords.length,
      initials: nameWords.map((word) => word[0]).join(''),
    };
  });
  return (text, limit) => {
    const code = text.trim();
    const phrase = foldText(text);
    const words = foldedWords(text);
    return rows
      .map((row) => ({ row, score: scoreOf(row, code, phrase, words) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || a.row.summary.code.localeCompare(b.row.summary.code))
      .slice(0, limit)
      .map(({ row }) => row.summary);
  };
}

function scoreOf(row: Row, code: string, phrase: string, words: readonly string[]): number {
  const standing = row.isCurrent ? 0 : -40;
  if (words.length === 0) return Math.max(1, 50 + standing);
  if (/^\d[\d.]*$/.test(code)) {
    if (row.summary.code === code) return 1000;
    if (row.summary.code.startsWith(code)) return 500 + standing;
    if (row.summary.code.replaceAll('.', '').includes(code.replaceAll('.', ''))) return 300 + standing;
  }
  let score = 0;
  if (words.every((word) => row.words.some((candidate) => candidate.startsWith(word)))) {
    score = 100;
    if (row.name === phrase) score += 300;
    else if (row.name.startsWith(phrase)) score += 120;
    else if (` ${row.name}`.includes(` ${phrase}`)) score += 90;
    // Of two names that hold the words, the one with less besides them is meant.
    score += 60 * (words.length / Math.max(words.length, row.nameWordCount));
  } else if (words.length === 1 && phrase.length >= 2 && row.initials.includes(phrase)) {
    score = 50 + 20 * (phrase.length / row.initials.length);
  }
  return score === 0 ? 0 : Math.max(1, score + standing);
}
