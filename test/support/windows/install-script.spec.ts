/** The installer for Windows, as far as it can be looked at without one. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { powerShellReader } from './parse-powershell.js';

it('install.ps1 parses, and uses what Windows Server 2012 R2 has', async () => {
  const read = await powerShellReader();
  const problems = read(await readFile('packaging/install/install.ps1', 'utf8'));
  // Programs that it runs are no commands of PowerShell.
  expect(problems.filter((problem) => !/: & (?:\$Node|\$found\.Path|icacls\.exe) /.test(problem))).toEqual(
    [],
  );
});

it('install.ps1 evaluates no text', async () => {
  const script = await readFile('packaging/install/install.ps1', 'utf8');
  const code = script.slice(script.indexOf('#>'));
  expect(code).not.toMatch(/Invoke-Expression|\biex\b|scriptblock|ExpandString|Add-Type/i);
});
