/**
 * @file Accuracy by kind of page, on papers drawn for it. `npx node test/bench/accuracy.bench.ts [tuning|held-out] [rounds]
 * [--wrong]`; every round draws all types of papers once more. Needs Debian's `chromium`, `poppler-utils` and `fonts-noto-core`.
 */
import { drawJudgedPages, scorePages, tabulate, type Half } from './accuracy/score-pages.ts';

const wanted = process.argv.slice(2);
const halves = (['tuning', 'held-out'] satisfies Half[]).filter(
  (half) => wanted.includes(half) || !wanted.some((word) => word === 'tuning' || word === 'held-out'),
);
const rounds = Number(wanted.find((word) => /^\d+$/.test(word)) ?? 1);
for (const half of halves) {
  const scores = await scorePages(await drawJudgedPages(half, rounds));
  console.log(`\n${half} pages`);
  console.log(tabulate(scores));
  if (!wanted.includes('--wrong')) continue;
  for (const score of scores) {
    if (!score.isTypeRight) console.log(`${score.name} (${score.condition}, ${score.font}): not known`);
    for (const { name, wanted: value, read, confidence, candidates } of score.wrongFields)
      console.log(
        `${score.name} (${score.condition}, ${score.font}) ${name}: ${read ?? '—'} (${confidence ?? '—'}) instead of ${value}${candidates.length > 0 ? `; offered ${candidates.join(' | ')}` : ''}`,
      );
  }
}
