import { expect, it } from 'vitest';
import { installCommands } from './install-commands.js';

it('has an old Windows speak TLS 1.2 before it asks an API behind TLS for the installer', () => {
  const before = "[Net.ServicePointManager]::SecurityProtocol = 'Tls12'; ";
  const { windows } = installCommands('https://api.example', 'hwj_x');
  expect(windows.startsWith(`${before}$env:HOMEWARD_JOIN_TOKEN = 'hwj_x'; `)).toBe(true);
  expect(installCommands('http://api.example', 'hwj_x').windows).not.toContain('Tls12');
});
