import { describe, expect, it } from 'vitest';
import { LayoutAhead, type ExpectedPage } from '../../../main/imaging/pdf/layout-ahead.ts';
import type { LaidOutPage, PageImage } from '../../../main/imaging/pdf/lay-out-page.ts';

/** Layouts that end when told, and a count of cores with nothing to do. */
function desk(spare = 1) {
  const started: { page: PageImage; end: (isGood?: boolean) => Promise<void> }[] = [];
  const state = { spare };
  const ahead = new LayoutAhead(
    (page) =>
      new Promise<LaidOutPage>((resolve, reject) => {
        const end = async (isGood = true): Promise<void> => {
          if (isGood) resolve({ widthPt: page.dpi } as LaidOutPage);
          else reject(new Error('no such file'));
          await settled();
        };
        started.push({ page, end });
      }),
    () => state.spare,
  );
  const expectPage = async (picture: string, changes: Partial<ExpectedPage> = {}): Promise<void> => {
    ahead.expect({ ...pageOf(picture), readImage: async () => new Uint8Array([1]), ...changes });
    await settled();
  };
  return { ahead, started, state, expectPage };
}

const pageOf = (picture: string) => ({ picture, dpi: 200, rotation: 0, skewDeg: 0.4, crop: null }) as const;
const imageOf = (picture: string): PageImage => ({ ...pageOf(picture), image: new Uint8Array([1]) });
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('Laying pages out before they are asked for', () => {
  it('works while there is a core to spare, one page after another', async () => {
    const { ahead, started, expectPage } = desk();
    await expectPage('a');
    await expectPage('b');
    expect(started.map(({ page }) => page.picture)).toEqual(['a']);
    await started[0]?.end();
    expect(started.map(({ page }) => page.picture)).toEqual(['a', 'b']);
    await started[1]?.end();
    expect(await ahead.layOut(imageOf('a'))).toEqual({ widthPt: 200 });
    expect(started).toHaveLength(2);
  });

  it('leaves every core to the engine while pages are being read', async () => {
    const { started, state, expectPage } = desk(0);
    await expectPage('a');
    expect(started).toHaveLength(0);
    state.spare = 2;
    await expectPage('b');
    expect(started.map(({ page }) => page.picture)).toEqual(['a', 'b']);
  });

  it('goes on when told that a page has ended, though no other is expected', async () => {
    const { ahead, started, state, expectPage } = desk(0);
    await expectPage('a');
    state.spare = 1;
    ahead.goOn();
    await settled();
    expect(started.map(({ page }) => page.picture)).toEqual(['a']);
  });

  it('waits for a page that is being laid out instead of doing it twice', async () => {
    const { ahead, started, expectPage } = desk();
    await expectPage('a');
    const asked = ahead.layOut(imageOf('a'));
    await settled();
    expect(started).toHaveLength(1);
    await started[0]?.end();
    expect(await asked).toEqual({ widthPt: 200 });
  });

  it('lays a page out anew that was turned, cropped or levelled by another angle meanwhile', async () => {
    const { ahead, started, expectPage } = desk();
    await expectPage('a');
    await started[0]?.end();
    for (const change of [{ rotation: 90 as const }, { crop: [0, 0, 5, 5] as const }, { skewDeg: 0.5 }, { dpi: 300 }])
      void ahead.layOut({ ...imageOf('a'), ...change });
    await settled();
    expect(started).toHaveLength(5);
  });

  it('tries a page again that failed before anybody asked, and says what is wrong then', async () => {
    const { ahead, started, expectPage } = desk();
    await expectPage('a');
    await started[0]?.end(false);
    const asked = ahead.layOut(imageOf('a'));
    const refused = expect(asked).rejects.toThrow('no such file');
    await settled();
    await started[1]?.end(false);
    await refused;
    await expectPage('gone', { readImage: () => Promise.reject(new Error('moved away')) });
    await expectPage('b');
    expect(started.at(-1)?.page.picture).toBe('b');
  });

  it('leaves out the oldest of more pages than it would keep', async () => {
    const { started, state, expectPage } = desk(0);
    for (let number = 0; number < 300; number++) await expectPage(String(number));
    state.spare = 1;
    await expectPage('300');
    for (let at = 0; at < started.length; at++) await started[at]?.end();
    expect(started).toHaveLength(200);
    expect(started[0]?.page.picture).toBe('101');
  });

  it('keeps no more than two hundred pages', async () => {
    const { ahead, started, expectPage } = desk(1);
    for (let number = 0; number <= 200; number++) {
      await expectPage(String(number));
      await started.at(-1)?.end();
    }
    expect(started).toHaveLength(201);
    void ahead.layOut(imageOf('200'));
    void ahead.layOut(imageOf('0'));
    await settled();
    expect(started.map(({ page }) => page.picture).slice(201)).toEqual(['0']);
  });
});
