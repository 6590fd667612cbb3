/** @file JSON of strangers: counted before it is parsed, so that nothing nested or crowded reaches the parser. */
import { Failure } from '../rooms/failure.ts';

const MAX_DEPTH = 8;
const MAX_MEMBERS = 20_000;

/** @throws Failure `bridge-request-unreadable` for anything that is not a JSON object of bounded depth and size */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  if (/^\s*\[object \w+\]\s*$/.test(text))
    throw new Failure('bridge-request-unreadable', 'trang gửi một đối tượng, thiếu JSON.stringify');
  requireBounds(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Failure('bridge-request-unreadable', 'không phải JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Failure('bridge-request-unreadable', 'không phải một đối tượng JSON');
  return value as Record<string, unknown>;
}

function requireBounds(text: string): void {
  let depth = 0;
  let members = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (isInString) {
      if (character === '\\') index++;
      else if (character === '"') isInString = false;
      continue;
    }
    if (character === '"') isInString = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    else if (character === ',') members++;
    if (depth > MAX_DEPTH) throw new Failure('bridge-request-unreadable', `JSON lồng quá ${MAX_DEPTH} tầng`);
    if (members > MAX_MEMBERS) throw new Failure('bridge-request-unreadable', `JSON quá ${MAX_MEMBERS} phần tử`);
  }
}
