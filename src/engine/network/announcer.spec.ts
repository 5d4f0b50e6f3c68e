import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { Announcer } from './announcer.js';
import { FakeDirectorHost } from './director-host.fake.js';

const MANY = Array.from({ length: 100 }, (_, index) => `192.0.2.${101 + index}`);
let host: FakeDirectorHost;
let announcer: Announcer;

beforeEach(() => {
  host = new FakeDirectorHost();
  announcer = new Announcer(host, () => undefined);
});

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
});
