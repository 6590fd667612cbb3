import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHandlerAnswer } from '../../../main/bridge/handler-answer.ts';
import { Failure } from '../../../main/rooms/failure.ts';

describe('what an upload handler answers', () => {
  it.each([
    ['the kit', '{"Status":true,"Message":"","FileName":"a.pdf","FileServer":"/u/a.pdf"}', '/u/a.pdf'],
    ['a number', '{"Status":0,"FileServer":"x"}', 'x'],
    ['a text', '{"Status":"true","FileServer":"x"}', 'x'],
    ['no status but a place', '{"FileServer":"x"}', 'x'],
    ['nested JSON stays text', JSON.stringify({ Status: true, FileServer: '{"id": 1}' }), '{"id": 1}'],
    ['an object becomes its text', '{"Status":true,"FileServer":{"id":1}}', '{"id":1}'],
    ['inside a page', '<pre style="x">{"Status":true,"FileServer":"x"}</pre>', 'x'],
    ['with a byte order mark', '\uFEFF{"Status":true,"FileServer":"x"}\r\n', 'x'],
  ])('%s', (_, body, fileServer) => expect(readHandlerAnswer(200, body).fileServer).toBe(fileServer));

  it.each([
    [401, '', '401'],
    [302, '<html>', '302'],
    [500, '{"Message":"Đầy ổ đĩa"}', 'Đầy ổ đĩa'],
    [200, '{"Status":false,"Message":"Không có quyền"}', 'Không có quyền'],
    [200, '{"Status":"False","FileServer":"x"}', ''],
    [200, '{"Status":1}', ''],
    [200, 'OK', 'JSON'],
    [200, '[]', 'JSON'],
    [200, '', 'JSON'],
  ])('%i %j is a failure that says why', (status, body, detail) => {
    expect(() => readHandlerAnswer(status, body)).toThrow(
      expect.objectContaining({
        code: 'bridge-upload-failed',
        detail: expect.stringContaining(detail) as string,
      }) as Error,
    );
  });

  it('whatever comes is an answer or a named failure', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
        try {
          expect(readHandlerAnswer(status, body).fileServer).toBeTypeOf('string');
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Failure);
        }
      }),
    );
  });
});
