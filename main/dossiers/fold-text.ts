/**
 * Lower case without diacritics, `đ` as `d`, everything that is neither letter nor digit as one space: the form in which
 * Vietnamese text is searched and compared (`Nguyễn Văn Ẩn` → `nguyen van an`).
 */
export function foldText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/đ/g, 'd')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

export function foldedWords(text: string): string[] {
  const folded = foldText(text);
  return folded === '' ? [] : folded.split(' ');
}
