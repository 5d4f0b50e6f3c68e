import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { agentEnv, apiEnv, ctlEnv, engineEnv, migrateEnv } from './env.js';
import type { Environment } from './environment-reader.js';

const TOKEN = 'a-token-of-24-characters';

class Exited extends Error {}

/** What the process said before it ended with exit code 2. */
function wordsOf(read: (environment: Environment) => unknown, environment: Environment): string {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
    throw new Exited();
  });
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    expect(() => read(environment)).toThrow(Exited);
    expect(exit).toHaveBeenCalledExactlyOnceWith(2);
    return stderr.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    exit.mockRestore();
    stderr.mockRestore();
  }
}

describe('the environment', () => {
  it('needs nothing for the API, which then listens on loopback', () => {
    expect(apiEnv({})).toStrictEqual({
      port: 3000,
      host: '127.0.0.1',
      eventDays: 30,
      dataDir: join(process.cwd(), 'data'),
      logLevel: 'info',
    });
  });

  it('takes what is set and trims it', () => {
    expect(
      engineEnv({
        HOMEWARD_API_URL: 'http://192.0.2.5:3000/',
        HOMEWARD_JOIN_TOKEN: ' hwj_x\n',
        HOMEWARD_STATE_DIR: '/srv/state',
        HOMEWARD_INTERFACE: 'eth0.12',
        HOMEWARD_METRICS_PORT: '9464',
        HOMEWARD_LOG_LEVEL: 'debug',
      }),
    ).toEqual({
      apiUrl: 'http://192.0.2.5:3000',
      joinToken: 'hwj_x',
      stateDir: '/srv/state',
      interface: 'eth0.12',
      metricsPort: 9464,
      logLevel: 'debug',
    });
  });

  it('takes where nodes reach the API, if it is no more than that', () => {
    const publicUrlOf = (text: string) => apiEnv({ HOMEWARD_PUBLIC_URL: text }).publicUrl;
    expect(publicUrlOf('https://homeward.example.com:8443/dsr/')).toBe(
      'https://homeward.example.com:8443/dsr',
    );
    expect(publicUrlOf('http://[2001:db8::5]:3000')).toBe('http://[2001:db8::5]:3000');
    for (const text of ['homeward', 'ftp://a', "https://a/';reboot;'", 'https://a/$(b)', 'https://u:p@a']) {
      expect(wordsOf(apiEnv, { HOMEWARD_PUBLIC_URL: text }), text).toContain('HOMEWARD_PUBLIC_URL must be');
    }
  });

  it('takes an empty value for an absent one', () => {
    expect(migrateEnv({ DATABASE_URL: '', DATABASE_URL_FILE: ' ' }).databaseUrl).toBeUndefined();
  });

  it('names everything that is wrong at once and shows no value', () => {
    const words = wordsOf(apiEnv, {
      PORT: '70000',
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      HOMEWARD_ADMIN_TOKEN: 'hunter2',
      HOMEWARD_LOG_LEVEL: 'loud',
    });
    for (const name of ['PORT', 'DATABASE_URL', 'HOMEWARD_ADMIN_TOKEN', 'HOMEWARD_LOG_LEVEL']) {
      expect(words).toContain(`  - ${name} must`);
    }
    expect(words).not.toContain('hunter2');
  });

  it.each(['3000x', '-1', '1e3', '65536', '0x10'])('refuses PORT=%s', (PORT) => {
    expect(wordsOf(apiEnv, { PORT })).toContain('PORT must be a whole number from 0 to 65535');
  });

  it('asks a node for the address of the API', () => {
    expect(wordsOf(agentEnv, {})).toContain('HOMEWARD_API_URL must be set');
    expect(wordsOf(agentEnv, { HOMEWARD_API_URL: 'ftp://192.0.2.5' })).toContain('http:// or https://');
  });

  it.each([agentEnv, ctlEnv])('takes no password in that address, and repeats none', (read) => {
    const environment = { HOMEWARD_API_URL: 'http://ops:secret@192.0.2.5', HOMEWARD_TOKEN: 'hwt_x' };
    const words = wordsOf(read, environment);
    expect(words).toContain('HOMEWARD_API_URL must have no user and no password');
    expect(words).not.toContain('secret');
  });

  it.each(['eth0; reboot', '../eth0', 'a-name-that-is-too-long', '-j'])(
    'refuses the interface %s',
    (name) => {
      const environment = { HOMEWARD_API_URL: 'http://192.0.2.5', HOMEWARD_INTERFACE: name };
      expect(wordsOf(engineEnv, environment)).toContain('HOMEWARD_INTERFACE must be');
    },
  );

  it('refuses a token that does not fit behind "Bearer"', () => {
    expect(wordsOf(apiEnv, { HOMEWARD_ADMIN_TOKEN: `${TOKEN} with spaces` })).toContain(
      'HOMEWARD_ADMIN_TOKEN',
    );
  });
});

describe('a secret in a file', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'homeward-env-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is read without its line end', () => {
    const file = join(directory, 'token');
    writeFileSync(file, `${TOKEN}\n`);
    expect(apiEnv({ HOMEWARD_ADMIN_TOKEN_FILE: file }).adminToken).toBe(TOKEN);
  });

  it('is refused when it is missing, empty, or given twice', () => {
    const empty = join(directory, 'empty');
    writeFileSync(empty, '\n');
    expect(wordsOf(apiEnv, { HOMEWARD_ADMIN_TOKEN_FILE: join(directory, 'none') })).toContain('(ENOENT)');
    expect(wordsOf(apiEnv, { HOMEWARD_ADMIN_TOKEN_FILE: empty })).toContain('an empty file');
    expect(wordsOf(apiEnv, { HOMEWARD_ADMIN_TOKEN_FILE: empty, HOMEWARD_ADMIN_TOKEN: TOKEN })).toContain(
      'are both set',
    );
  });
});
