import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Announcer } from './announcer.js';
import { FakeDirectorHost } from './director-host.fake.js';

const MANY = Array.from({ length: 100 }, (_, index) => `192.0.2.${101 + index}`);
const RETRY_MS = 100;
let host: FakeDirectorHost;
let announcer: Announcer;

beforeEach(() => {
  host = new FakeDirectorHost();
  announcer = new Announcer(host, () => undefined, RETRY_MS);
});

afterEach(() => announcer.stop());

function announced(): readonly (string | undefined)[] {
  return host.commands.filter((argv) => argv.includes('-U')).map((argv) => argv.at(-1));
}

describe('the announcer', () => {
  it('ends with what is under way and leaves the rest, also what comes later', async () => {
    host.before = () => setTimeout(5);
    announcer.announce(MANY, 'eth0');
    await announcer.stop();
    expect(announcer.pending).toBe(0);
    const atEnd = announced().length;
    expect(atEnd).toBeLessThan(MANY.length);
    announcer.announce(['192.0.2.99'], 'eth0');
    await setTimeout(20);
    expect(announced()).toHaveLength(atEnd);
  });

  it('does not announce what was withdrawn while it waited', async () => {
    announcer.announce(MANY, 'eth0');
    announcer.withdraw(MANY.slice(50));
    await expect.poll(() => announcer.pending).toBe(0);
    expect(announced()).toEqual(MANY.slice(0, 50));
  });

  it('tells each failure until that VIP is announced, whatever succeeds meanwhile, and tries again', async () => {
    let failing = true;
    host.before = (argv) => {
      if (failing && argv.at(-1) === '192.0.2.101') throw new Error('no buffer space');
    };
    announcer.announce(['192.0.2.101'], 'eth0');
    await expect.poll(() => announcer.pending).toBe(0);
    announcer.announce(['192.0.2.102'], 'eth0');
    await expect.poll(() => announcer.pending).toBe(0);
    expect(announcer.trouble).toMatch(/for 192\.0\.2\.101: no buffer space\./);
    failing = false;
    await expect.poll(() => announcer.trouble).toBeUndefined();
  });

  it('notices that the program it lacked was installed', async () => {
    host.before = () => {
      throw new Error('spawn arping ENOENT');
    };
    announcer.announce(MANY, 'eth0');
    await expect.poll(() => announcer.trouble, { interval: 5 }).toContain('spawn arping ENOENT');
    expect(host.runs('-V')).toBe(1);
    host.before = () => undefined;
    await expect.poll(() => announcer.trouble).toBeUndefined();
    expect(announced()).toEqual(MANY);
  });

  it('does not try again what was withdrawn while it was being sent', async () => {
    host.before = async (argv) => {
      if (!argv.includes('-U')) return;
      announcer.withdraw(['192.0.2.101']);
      throw new Error('no such address');
    };
    announcer.announce(['192.0.2.101'], 'eth0');
    await expect.poll(() => announcer.pending).toBe(0);
    expect(announcer.trouble).toBeUndefined();
    await setTimeout(2 * RETRY_MS);
    expect(announced()).toHaveLength(1);
  });
});
