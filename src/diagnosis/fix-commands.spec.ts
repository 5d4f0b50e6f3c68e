import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagnose } from './diagnose.js';
import { SAMPLE_CAUSES } from './sample-causes.fake.js';

const UNITS = readdirSync('packaging/systemd');
const UNIT_TEXT = readFileSync('packaging/systemd/homeward-agent.service', 'utf8');
const INSTALLER = readFileSync('packaging/install/install.ps1', 'utf8');
const SHELL_INSTALLER = readFileSync('packaging/install/install.sh', 'utf8');
const TASK = /^\$Task = '(.+)'$/m.exec(INSTALLER)?.[1];

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

  it('the scheduled task of Windows, where no service is installed', () => {
    expect(TASK).toBeDefined();
    expect(named(commandsOn('windows'), /-TaskName '([^']+)'/g)).toEqual([TASK]);
    expect(INSTALLER).not.toContain('New-Service');
    expect(named(commandsOn('windows'), /(\w+-Service)\b/g)).toEqual([]);
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
