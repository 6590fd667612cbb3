import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseModules, type ModuleFiles } from '../../../main/token/discover-modules.ts';
import { authorityOf, readKnownModules, withoutShell } from '../../../main/token/known-modules.ts';
import type { ModuleInspection } from '../../../main/token/module-file.ts';
import { modulePathsOfProviders } from '../../../main/token/registry-providers.ts';
import { Failure } from '../../../main/rooms/failure.ts';

const known = readKnownModules(join(import.meta.dirname, '../../../resources'));
const SYSTEM = 'C:\\Windows\\System32';
const WOW = 'C:\\Windows\\SysWOW64';
const RULES = { isSearching: true, denied: [], suspended: [] };

/** A Windows machine as a table: path → what its header says; `x64` is a good driver. */
function machine(files: Readonly<Record<string, string>>, more: Partial<ModuleFiles> = {}): ModuleFiles {
  const folders = new Map<string, string[]>();
  for (const path of Object.keys(files)) {
    const parts = path.split('\\');
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('\\');
      const name = parts[depth] ?? '';
      const names = folders.get(folder) ?? [];
      if (!names.includes(name)) folders.set(folder, [...names, name]);
    }
  }
  return {
    platform: 'win32',
    environment: {
      SystemRoot: 'C:\\Windows',
      ProgramFiles: 'C:\\Program Files',
      'ProgramFiles(x86)': 'C:\\Program Files (x86)',
    },
    listFolder: (path) => folders.get(path) ?? [],
    isFile: (path) => Object.keys(files).some((file) => file.toLowerCase() === path.toLowerCase()),
    realPath: (path) => path,
    registryPaths: [],
    inspect: (path) => inspection(path, files[path]),
    ...more,
  };
}

function inspection(path: string, what: string | undefined): ModuleInspection {
  if (what === undefined)
    return { architecture: null, sha256: null, failure: new Failure('token-module-missing', path) };
  const [architecture = '', content = path] = what.split(' ');
  const refusal =
    architecture === 'ia32'
      ? 'is a 32-bit driver only'
      : content === 'no-module'
        ? 'has no C_GetFunctionList: not a PKCS#11 module'
        : null;
  const failure = refusal === null ? null : new Failure('token-module-refused', `${path} ${refusal}`);
  return { architecture, sha256: content, failure };
}

const found = (files: ModuleFiles, explicit: readonly string[] = [], rules = RULES) =>
  chooseModules(explicit, rules, known, files).map(({ path, state, source }) => `${source} ${state} ${path}`);

describe('drivers on a Windows machine', () => {
  test('are found in System32 by the names they are known by, in any case', () => {
    const files = machine({
      [`${SYSTEM}\\BIT4XPKI.DLL`]: 'x64',
      [`${SYSTEM}\\vnptca_p11_v8.dll`]: 'x64',
      [`${SYSTEM}\\kernel32.dll`]: 'x64 no-module',
    });
    const candidates = chooseModules([], RULES, known, files);
    expect(candidates.map(({ authority, state }) => [authority, state])).toEqual([
      ['VGCA (Bit4id)', 'loadable'],
      ['VNPT-CA', 'loadable'],
    ]);
  });

  test('of a version that came after the list are found by its pattern, and nothing else is', () => {
    expect(authorityOf(known, 'viettel-ca_v19.dll')).toBeNull();
    expect(authorityOf(known, 'abc_csp11_v3.dll')).toBeNull();
    for (const name of ['msvcp110.dll', 'vcomp110.dll', 'viettel-ca_v6_s.dll', 'kernel32.dll', 'p11.txt'])
      expect(authorityOf(known, name)).toBeUndefined();
  });

  test('stand in the folders of their makers, and only in those', () => {
    const folder = 'C:\\Program Files\\Bkav Corporation\\BkavCA Token Manager';
    const files = machine({
      [`${folder}\\st3csp11.dll`]: 'x64',
      'C:\\Program Files\\Trò chơi\\st3csp11.dll': 'x64',
    });
    expect(found(files)).toEqual([`known-name loadable ${folder}\\st3csp11.dll`]);
  });

  test('that are 32-bit only are named as such; beside a 64-bit one of the same name they are not worth a word', () => {
    const files = machine({
      [`${WOW}\\fca_v1.dll`]: 'ia32',
      [`${WOW}\\CKCA.dll`]: 'ia32',
      [`${SYSTEM}\\CKCA.dll`]: 'x64',
    });
    const candidates = chooseModules([], RULES, known, files);
    expect(candidates.map(({ path, state }) => [path, state])).toEqual([
      [`${SYSTEM}\\CKCA.dll`, 'loadable'],
      [`${WOW}\\fca_v1.dll`, 'refused'],
    ]);
    expect(candidates[1]?.failure?.detail).toContain('32-bit driver only');
  });

  test('that are the same file under two names, or through a link, are loaded once', () => {
    const files = machine(
      {
        [`${SYSTEM}\\viettel-ca_v5.dll`]: 'x64 same',
        [`${SYSTEM}\\viettel-ca_v6.dll`]: 'x64 same',
        [`${SYSTEM}\\bit4xpki.dll`]: 'x64 other',
        [`${SYSTEM}\\bit4ipki.dll`]: 'x64 other',
      },
      { realPath: (path) => path.replace('bit4ipki', 'bit4xpki') },
    );
    expect(found(files)).toEqual([
      `known-name loadable ${SYSTEM}\\viettel-ca_v5.dll`,
      `known-name duplicate ${SYSTEM}\\viettel-ca_v6.dll`,
      `known-name loadable ${SYSTEM}\\bit4xpki.dll`,
    ]);
  });

  test('named by policy come first and are tried under any name; missing ones are told of', () => {
    const own = 'D:\\driver\\mine.dll';
    const files = machine({ [own]: 'x64 same', [`${SYSTEM}\\bit4xpki.dll`]: 'x64 same' });
    expect(found(files, [own, 'D:\\gone.dll'])).toEqual([
      `policy loadable ${own}`,
      'policy refused D:\\gone.dll',
      `known-name duplicate ${SYSTEM}\\bit4xpki.dll`,
    ]);
  });

  test.each(['BIT4XPKI.dll', 'c:\\windows\\system32\\bit4xpki.dll'])(
    'denied by policy (%s) are never looked into, let alone loaded',
    (denied) => {
      const files = machine({ [`${SYSTEM}\\bit4xpki.dll`]: 'x64' });
      const inspect = (): never => {
        throw new Error('looked into a denied file');
      };
      const candidates = chooseModules([], { ...RULES, denied: [denied] }, known, { ...files, inspect });
      expect(candidates.map(({ state }) => state)).toEqual(['denied']);
    },
  );

  test('that hung are left out and told of', () => {
    const path = `${SYSTEM}\\bit4xpki.dll`;
    const candidates = chooseModules([], { ...RULES, suspended: [path] }, known, machine({ [path]: 'x64' }));
    expect(candidates).toMatchObject([{ state: 'hung', failure: { code: 'token-not-responding' } }]);
  });

  test('are not looked for where policy names every one', () => {
    const files = machine({ [`${SYSTEM}\\bit4xpki.dll`]: 'x64' }, { registryPaths: [`${SYSTEM}\\bit4xpki.dll`] });
    expect(found(files, [], { ...RULES, isSearching: false })).toEqual([]);
  });

  test('registered as providers are found by their entry; providers that are no PKCS#11 module are not worth a word', () => {
    const files = machine(
      { [`${SYSTEM}\\nhacungcap.dll`]: 'x64', [`${SYSTEM}\\rsaenh.dll`]: 'x64 no-module' },
      { registryPaths: [`${SYSTEM}\\nhacungcap.dll`, `${SYSTEM}\\rsaenh.dll`, `${SYSTEM}\\gone.dll`] },
    );
    expect(found(files)).toEqual([`registry loadable ${SYSTEM}\\nhacungcap.dll`]);
  });
});

describe('providers in the registry', () => {
  const OUTPUT = [
    '',
    'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography\\Defaults\\Provider\\eToken Base Cryptographic Provider',
    '    Image Path    REG_SZ    eTCSP.dll',
    '',
    'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography\\Defaults\\Provider\\Viettel-CA CSP v6',
    '    Image Path    REG_EXPAND_SZ    %SystemRoot%\\system32\\viettel-ca_v6_s.dll',
    '',
    'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Cryptography\\Providers\\Bkav KSP\\UM',
    '    Image    REG_SZ    C:\\Program Files\\Bkav Corporation\\BkavCAv2S.dll',
    '    Image    REG_SZ    viettel-ca_v2_s.x64.dll',
    '',
    'End of search: 4 match(es) found.',
  ].join('\r\n');

  test('name their libraries: bare names stand in System32, the shell leads to the module beside it', () => {
    expect(modulePathsOfProviders(OUTPUT, 'C:\\Windows')).toEqual([
      `${SYSTEM}\\eTCSP.dll`,
      'C:\\Windows\\system32\\viettel-ca_v6.dll',
      'C:\\Program Files\\Bkav Corporation\\BkavCAv2S.dll',
      `${SYSTEM}\\viettel-ca_v2.x64.dll`,
    ]);
  });

  test('that are no library, or no output at all, name nothing', () => {
    expect(modulePathsOfProviders('', 'C:\\Windows')).toEqual([]);
    expect(modulePathsOfProviders('    Image Path    REG_SZ    program.exe', 'C:\\Windows')).toEqual([]);
    expect(modulePathsOfProviders('ERROR: The system was unable to find the key.', 'C:\\Windows')).toEqual([]);
  });

  test('only the ending of the shell is cut off', () => {
    expect(withoutShell('C:\\a_s\\b_s.dll')).toBe('C:\\a_s\\b.dll');
    expect(withoutShell('C:\\BkavCAv2S.dll')).toBe('C:\\BkavCAv2S.dll');
  });
});

test('on Linux and macOS a driver stands where its maker puts it', () => {
  const path = '/usr/lib/bit4id/libbit4xpki.so';
  const files = machine(
    {},
    { platform: 'linux', isFile: (file) => file === path, inspect: () => inspection(path, 'x64') },
  );
  expect(found(files)).toEqual([`known-name loadable ${path}`]);
  expect(found({ ...files, platform: 'darwin' })).toEqual([]);
});
