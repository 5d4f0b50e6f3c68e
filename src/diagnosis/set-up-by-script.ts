/**
 * How a person sets up a host without an agent: the script is got, run and asked whether all is so. Whoever pastes these
 * commands at once attests nothing that was not verified. `API` and `TOKEN` are for the reader's shell to fill in.
 */
import type { Fix } from './finding.js';
import type { Known } from './known.js';
import { anywhere, onTheHost, remedy, serverUrl } from './remedies.js';

type Part = 'apply' | 'verify';

const LINUX_TOKEN = '-H "Authorization: Bearer $TOKEN"';
const WINDOWS_TOKEN = '-Headers @{ Authorization = "Bearer $TOKEN" }';

const onLinux = (url: string, part: Part) =>
  [
    `curl --fail ${LINUX_TOKEN} "${url}/setup?os=linux&part=${part}" > homeward-${part}.sh`,
    `sh homeward-${part}.sh`,
  ] as const;

const onWindows = (url: string, part: Part) =>
  [
    `Invoke-RestMethod ${WINDOWS_TOKEN} -Uri "${url}/setup?os=windows&part=${part}" -OutFile homeward-${part}.ps1`,
    `powershell.exe -NoProfile -ExecutionPolicy Bypass -File homeward-${part}.ps1`,
  ] as const;

/** To be run on the host. */
export function setUpByScript(words: string, known: Known): Fix {
  const url = serverUrl(known);
  if (url === null) return anywhere('real-server', words);
  return onTheHost(
    remedy(words, ...onLinux(url, 'apply'), ...onLinux(url, 'verify')),
    remedy(words, ...onWindows(url, 'apply'), ...onWindows(url, 'verify')),
  );
}

/** The same, and what was verified is attested. */
export function setUpAndAttest(words: string, known: Known): Fix {
  const url = serverUrl(known);
  if (url === null) return anywhere('real-server', words);
  const [getOnLinux, verifyOnLinux] = onLinux(url, 'verify');
  const attestOnLinux = `curl --fail -X PUT ${LINUX_TOKEN} "${url}/attestation"`;
  const attestOnWindows = `Invoke-RestMethod -Method Put ${WINDOWS_TOKEN} -Uri "${url}/attestation"`;
  return onTheHost(
    remedy(words, ...onLinux(url, 'apply'), getOnLinux, `${verifyOnLinux} && ${attestOnLinux}`),
    remedy(
      words,
      ...onWindows(url, 'apply'),
      ...onWindows(url, 'verify'),
      `if ($LASTEXITCODE -eq 0) { ${attestOnWindows} }`,
    ),
  );
}
