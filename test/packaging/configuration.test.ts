import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);

interface Configuration {
  readonly electronVersion: string;
  readonly electronFuses: Record<string, boolean>;
  readonly win: { readonly forceCodeSigning: boolean };
  readonly nsis: { readonly perMachine: boolean };
  readonly files: readonly string[];
}

/** Deep imports of the exactly pinned builder: it has no public way to check a configuration without building. */
async function readConfiguration(overrides: object = {}): Promise<Configuration> {
  const { getConfig, validateConfiguration } = require('app-builder-lib/out/util/config/config') as {
    getConfig: (folder: string, file: string, overrides: object | null) => Promise<Configuration>;
    validateConfiguration: (configuration: Configuration, logger: unknown) => Promise<void>;
  };
  const { DebugLogger } = require('builder-util') as { DebugLogger: new (isEnabled: boolean) => unknown };
  const configuration = await getConfig(root, 'electron-builder.yml', null);
  await validateConfiguration({ ...configuration, ...overrides }, new DebugLogger(false));
  return configuration;
}

describe('electron-builder.yml', () => {
  it('fits the builder’s own schema, and a misspelt key would not', async () => {
    await readConfiguration();
    await expect(readConfiguration({ nsiss: {} })).rejects.toThrow(/nsiss|unknown/);
  });

  it('packages the Electron that package.json pins', async () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    expect((await readConfiguration()).electronVersion).toBe(devDependencies['electron']);
  });

  it('fuses off every way to run our executable as something else, and cannot produce an unsigned installer', async () => {
    const { electronFuses, win, nsis, files } = await readConfiguration();
    expect(electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      grantFileProtocolExtraPrivileges: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
    });
    expect(win.forceCodeSigning).toBe(true);
    expect(nsis.perMachine).toBe(true);
    expect(files.some((pattern) => /test|scripts|\.ts/.test(pattern))).toBe(false);
  });
});
