/** @file Writes the tables of docs/channels.md and docs/errors.md from the code; a test fails when they differ. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHANNELS, EVENT_NAMES } from '../preload/contract.ts';
import { ERROR_CODES } from '../preload/error-codes.ts';
import { errorsVi } from '../renderer/language/errors.vi.ts';

export function channelsPage(): string {
  const rows = Object.entries(CHANNELS).map(
    ([name, { page, roles }]) => `| \`${name}\` | ${page} | ${roles === 'anyone' ? 'anyone' : roles.join(', ')} |`,
  );
  return `# Channels between the pages and the program

Made by \`node scripts/write-tables.ts\` from \`preload/contract.ts\`. A message is refused before its handler when it comes from
another page, a frame, a foreign window, an officer without the role, or does not fit its schema (\`main/ipc/schemas.ts\`).

| channel | page | roles |
|---|---|---|
${rows.join('\n')}

Events pushed to the desk (ids, not state): ${EVENT_NAMES.map((name) => `\`${name}\``).join(', ')}.
`;
}

export function errorsPage(): string {
  const rows = ERROR_CODES.map(
    (code) => `| \`${code}\` | ${errorsVi[code].what} | ${errorsVi[code].safe} | ${errorsVi[code].next} |`,
  );
  return `# Expected failures

Made by \`node scripts/write-tables.ts\`. Codes stand in \`preload/error-codes.ts\`, sentences in \`renderer/language/errors.*.ts\`.

| code | điều gì đã xảy ra | dữ liệu có an toàn không | làm gì tiếp theo |
|---|---|---|---|
${rows.join('\n')}
`;
}

if (import.meta.main) {
  const docs = join(import.meta.dirname, '..', 'docs');
  writeFileSync(join(docs, 'channels.md'), channelsPage());
  writeFileSync(join(docs, 'errors.md'), errorsPage());
}
