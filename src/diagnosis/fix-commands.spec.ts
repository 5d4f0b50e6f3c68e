import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagnose } from './diagnose.js';
import type { Known } from './known.js';
import { not, SAMPLE_CAUSES } from './sample-causes.fake.js';
import { knowing, knownWell } from './sample-known.fake.js';

const UNITS = readdirSync('packaging/systemd');
const UNIT_TEXT = readFileSync('packaging/systemd/homeward-agent.service', 'utf8');
const INSTALLER = readFileSync('packaging/install/install.ps1', 'utf8');
const SHELL_INSTALLER = readFileSync('packaging/install/install.sh', 'utf8');
const SERVICE = /^\$Service = '(.+)'$/m.exec(INSTALLER)?.[1];

const fixes = Object.values(SAMPLE_CAUSES).map((known) => diagnose(known)[0]?.fix);
const commandsOn = (os: 'linux' | 'windows') => fixes.flatMap((fix) => fix?.[os].commands ?? []);
/** What the expression captures in the commands, each once. */
function named(commands: readonly string[], expression: RegExp): readonly string[] {
  return [
    ...new Set(
      commands.flatMap((command) => [...command.matchAll(expression)].map(([, name]) => name ?? '')),
    ),
  ];
}

describe('the commands of fixes name what is installed', () => {
  it('units of systemd', () => {
    const units = named(commandsOn('linux'), /(?:systemctl \S+|--unit) (\S+)/g);
    expect(units).not.toEqual([]);
    for (const unit of units) expect(UNITS).toContain(`${unit}.service`);
  });

  it('the service of Windows, and its log', () => {
    expect(SERVICE).toBeDefined();
    expect(named(commandsOn('windows'), /\w+-Service (\S+)/g)).toEqual([SERVICE]);
    const [log = ''] = named(commandsOn('windows'), /\$env:ProgramData\\(\S+\.log)/g);
    expect(log).toBe('HomewardAgent\\log\\agent.log');
    for (const [name = '', folder = ''] of ['Data', 'Log'].map((each) => [
      each,
      log.split('\\').at(each === 'Data' ? 0 : 1),
    ]))
      expect(INSTALLER).toMatch(new RegExp(`^\\$${name} = Join-Path \\S+ '${folder}'$`, 'm'));
    expect(INSTALLER).toContain("Join-Path $Log 'agent.log'");
  });

  it('the state directory', () => {
    const [, directory = ''] = /^StateDirectory=(\S+)$/m.exec(UNIT_TEXT) ?? [];
    expect(named(commandsOn('linux'), /\/var\/lib\/(\S+)/g)).toEqual([directory]);
  });

  it('the command `homeward`, with what it can be told', () => {
    const told = named([...commandsOn('linux'), ...commandsOn('windows')], /^homeward agent (\S+)$/g);
    for (const word of told) expect(existsSync(`src/agent/commands/${word}-agent.ts`)).toBe(true);
    expect(SHELL_INSTALLER).toContain('/bin/homeward');
  });
});

const fixOf = (known: Known) => diagnose(known)[0]?.fix;

describe('the commands of fixes do what they are for', () => {
  it('on a host without an agent: nothing is attested that was not set up and verified just before', () => {
    const fix = fixOf(SAMPLE_CAUSES['not-attested'] ?? knownWell());
    const linux = fix?.linux.commands ?? [];
    expect(linux.map((each) => /part=(\w+)|^sh homeward-(\w+)/.exec(each)?.slice(1).join(''))).toEqual([
      'apply',
      'apply',
      'verify',
      'verify',
    ]);
    expect(linux.at(-1)).toMatch(/^sh homeward-verify\.sh && curl .*-X PUT .*\/attestation"$/);
    const windows = fix?.windows.commands ?? [];
    expect(windows.at(-1)).toMatch(/^if \(\$LASTEXITCODE -eq 0\) \{ .*-Method Put .*\/attestation" \}$/);
  });

  it.each(['not-attested', 'host-answered-for-vip'])('%s: by the script of the system that it is', (code) => {
    const fix = fixOf(SAMPLE_CAUSES[code] ?? knownWell());
    expect(fix?.linux.commands.join()).toContain('os=linux');
    expect(fix?.windows.commands.join()).not.toContain('os=linux');
    for (const part of ['apply', 'verify']) {
      expect(fix?.linux.commands.join()).toContain(`sh homeward-${part}.sh`);
      expect(fix?.windows.commands.join()).toContain(`-File homeward-${part}.ps1`);
    }
  });

  it('list the guard of the family of the VIP', () => {
    const known = knowing({ GuardLoaded: not('NotLoaded') });
    expect(fixOf(known)?.linux.commands).toContain('nft list table arp homeward');
    expect(fixOf({ ...known, vip: '2001:db8::200' })?.linux.commands).toContain(
      'nft list table ip6 homeward',
    );
  });

  it.each([
    [null, 'telnet://192.0.2.200:80 < /dev/null'],
    ['http', ' http://192.0.2.200:80/'],
    ['https', '--insecure --max-time 5 https://192.0.2.200:80/'],
  ] as const)('ask a service as its health check does: %s', (page, question) => {
    const known = knowing({ ServiceAnswersOnVip: not('NoAnswer') });
    const { commands = [] } = fixOf({ ...known, service: { ...known.service, page } })?.linux ?? {};
    expect(commands.join()).toContain(question);
  });
});
