/** The installer for Windows, as far as it can be looked at without one. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { PROTECT_FOLDER } from '../../../src/setup/windows/protect-folder.js';
import { powerShellReader } from './parse-powershell.js';

it('install.ps1 parses, and uses what Windows Server 2012 R2 has', async () => {
  const read = await powerShellReader();
  const problems = read(await readFile('packaging/install/install.ps1', 'utf8'));
  // Programs that it runs are no commands of PowerShell.
  expect(
    problems.filter((problem) => !/: (?:\$said = )?& \$(?:Node|each\.Path|compiler|manager) /.test(problem)),
  ).toEqual([]);
});

it('install.ps1 evaluates no text', async () => {
  const script = await readFile('packaging/install/install.ps1', 'utf8');
  const code = script.slice(script.indexOf('#>'));
  expect(code).not.toMatch(/Invoke-Expression|\biex\b|scriptblock|ExpandString|Add-Type/i);
});

/** The text of a function, without what is indented alike. */
function functionOf(script: string, name: string): string {
  return new RegExp(`^function ${name}\\b[^]*?\\n}`, 'm').exec(script)?.[0] ?? '';
}

it('install.ps1 protects its folders by the function that the scripts for people have', async () => {
  const script = await readFile('packaging/install/install.ps1', 'utf8');
  const indented = script.replaceAll(/^ +/gm, (spaces) => spaces.repeat(2));
  expect(indented).toContain(PROTECT_FOLDER);
  expect(functionOf(script, 'Initialize-Folders')).toContain('Protect-Folder $path');
});

it('install.ps1 runs and hands to SYSTEM only what lies where administrators alone write', async () => {
  const script = await readFile('packaging/install/install.ps1', 'utf8');
  const checked =
    /if \(-not \(Test-InProgramFiles \$node\) -or -not \(Test-InProgramFiles \$release\)\) { throw/;
  expect(functionOf(script, 'Get-Installed')).toMatch(checked);
  expect(functionOf(script, 'Get-HostNode')).toContain('Where-Object { Test-InProgramFiles $_.Path }');
});

it('install.ps1 lets the agent let go before it removes anything, and stops there if it cannot', async () => {
  const script = await readFile('packaging/install/install.ps1', 'utf8');
  for (const name of ['Undo-Install', 'Uninstall-Agent']) {
    const whole = functionOf(script, name);
    const text = whole.slice(whole.indexOf('Stop-Agent'));
    const steps = ['Stop-Agent', 'Invoke-Agent', '$LASTEXITCODE -ne 0', 'Start-Agent', 'Remove-Files'];
    const places = steps.map((step) => text.indexOf(step));
    expect(places, name).toEqual(places.toSorted((one, other) => one - other));
    expect(places, name).not.toContain(-1);
  }
});

it('install.ps1 has the directors let go of the host before it stops the agent', async () => {
  const script = await readFile('packaging/install/install.ps1', 'utf8');
  const text = functionOf(script, 'Uninstall-Agent');
  const steps = [
    "@('leave')",
    '$LASTEXITCODE -ne 0 -and -not $Force',
    'Stop-Agent',
    "@('release')",
    'Remove-Files',
  ];
  const places = steps.map((step) => text.indexOf(step));
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(places).not.toContain(-1);
});

it('install.ps1 takes no token as an argument, and keeps settings that it does not know', async () => {
  const script = await readFile('packaging/install/install.ps1', 'utf8');
  expect(/^param\([^]*?^\)/m.exec(script)?.[0]).not.toMatch(/token/i);
  expect(functionOf(script, 'Write-Settings')).toContain('Get-Content -LiteralPath $Settings');
});
