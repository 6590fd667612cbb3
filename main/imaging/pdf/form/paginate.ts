/** @file Fills pages with fragments: chains that belong together move together, table heads come again on every page. */
import { Failure } from '../../../rooms/failure.ts';
import { moveMark, type Fragment, type Mark } from './fragments.ts';

/** @throws Failure `bad-request` when one fragment alone is taller than a page. */
export function paginate(fragments: readonly Fragment[], firstHeightPt: number, nextHeightPt: number): Mark[][] {
  const pages: Mark[][] = [[]];
  let y = 0;
  const room = (): number => (pages.length === 1 ? firstHeightPt : nextHeightPt);
  const place = (fragment: Fragment): void => {
    pages.at(-1)?.push(...fragment.marks.map((mark) => moveMark(mark, 0, y)));
    y += fragment.heightPt;
  };
  for (let index = 0; index < fragments.length;) {
    if (fragments[index]?.endsPage) {
      if (y > 0) pages.push([]);
      y = 0;
      index++;
      continue;
    }
    const chain = readChain(fragments, index);
    const heightPt = chain.reduce((sum, fragment) => sum + fragment.heightPt, 0);
    const isTooTallForAnyPage = heightPt > nextHeightPt;
    if (y + heightPt > room() + 0.01 && y > 0 && (!isTooTallForAnyPage || chain.length === 1)) {
      pages.push([]);
      y = 0;
    }
    for (const fragment of isTooTallForAnyPage ? chain.slice(0, 1) : chain) {
      const isPageStart = y === 0;
      if (isPageStart && fragment.isGap && pages.length > 1) {
        index++;
        continue;
      }
      if (isPageStart && fragment.repeated && pages.length > 1) place(fragment.repeated);
      if (y + fragment.heightPt > room() + 0.01) {
        if (fragment.isGap) {
          index++;
          continue;
        }
        throw new Failure(
          'bad-request',
          `a part of the form is ${Math.round(fragment.heightPt)} pt tall, a page ${Math.round(room())}`,
        );
      }
      place(fragment);
      index++;
    }
  }
  return pages.filter((marks, index) => index === 0 || marks.length > 0);
}

/** The fragment and all that it must not be parted from. */
function readChain(fragments: readonly Fragment[], start: number): Fragment[] {
  const chain: Fragment[] = [];
  for (const fragment of fragments.slice(start)) {
    chain.push(fragment);
    if (!fragment.keepWithNext) break;
  }
  return chain;
}
