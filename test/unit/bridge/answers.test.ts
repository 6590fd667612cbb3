import { describe, expect, it } from 'vitest';
import { failureAnswer, nameFirst, outcomeAnswer } from '../../../main/bridge/answers.ts';
import { readRequest } from '../../../main/bridge/requests.ts';
import { ERROR_CODES } from '../../../preload/error-codes.ts';

describe('answers to pages', () => {
  it('every failure has a number that is not 0 and a Vietnamese sentence under both names', () => {
    for (const code of ERROR_CODES) {
      const { Status: status, Message: message, Error: error } = failureAnswer(code, 'C:\\secret\\path');
      expect(status).toBeTypeOf('number');
      expect(status).not.toBe(0);
      expect(String(message).length).toBeGreaterThan(10);
      expect(error).toBe(message);
    }
  });

  it('details of this PC stay on this PC', () => {
    for (const code of ['internal', 'disk-error', 'token-failed', 'settings-unreadable'] as const)
      expect(JSON.stringify(failureAnswer(code, '/home/lan/secret'))).not.toContain('secret');
  });

  it.each([
    ['C=VN, O=UBND xã Cẩm Thạch, CN=Nguyễn Thị Lan', 'Nguyễn Thị Lan'],
    ['C=VN\nO=Sở Nội vụ\nCN=Trần Văn Minh', 'Trần Văn Minh'],
    ['CN=Lê Thị Hoa, O=Văn phòng', 'Lê Thị Hoa'],
    ['C=VN, CN=Công ty A\\, B, O=X', 'Công ty A B'],
    ['CN=Một mình', 'Một mình'],
  ])('of %j scripts cut out %j', (subject, name) => {
    const shown = `${nameFirst(subject)},`;
    expect(shown.slice(shown.indexOf('CN=') + 3, shown.indexOf(','))).toBe(name);
  });

  it('a batch keeps the page’s own identifiers and texts, and says of each file how it went', () => {
    const request = readRequest(
      'SignFiles',
      JSON.stringify({
        FileUploadHandler: 'https://a.vn/up',
        Files: [
          { FileID: 7, FileName: 'Tờ trình.pdf', URL: 'https://a.vn/1' },
          { FileID: '8', FileName: 'b.pdf', URL: 'https://a.vn/2' },
        ],
      }),
    );
    const fileServer = '{"fileEntryId": 5 }';
    const answer = outcomeAnswer(request, {
      kind: 'signed',
      files: [
        { code: null, detail: null, fileName: 'x', fileServer },
        { code: 'bridge-upload-failed', detail: 'HTTP 500', fileName: 'b.pdf', fileServer: '' },
      ],
    });
    expect(answer).toMatchObject({
      Status: 0,
      Files: [
        { FileID: 7, FileName: 'Tờ trình.pdf', Status: 0, FileSignedURL: fileServer },
        { FileID: '8', FileName: 'b.pdf', Status: 7, FileSignedURL: '' },
      ],
    });
  });
});
