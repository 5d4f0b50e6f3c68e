/**
 * The one line that installs and joins an agent, ready to be pasted where somebody is root or administrator already. The
 * token goes by the environment: the arguments of a process can be read by every user, and sudo writes them to its log.
 */
export interface InstallCommands {
  readonly linux: string;
  readonly windows: string;
}

/** @param url,joinToken made of characters that end no quotation. */
export function installCommands(url: string, joinToken: string): InstallCommands {
  // Windows Server 2012 R2 offers no more than TLS 1.0 of itself.
  const tls = url.startsWith('https:') ? "[Net.ServicePointManager]::SecurityProtocol = 'Tls12'; " : '';
  return {
    linux: `curl -fsSL '${url}/install.sh' | HOMEWARD_JOIN_TOKEN=${joinToken} sh -s -- --api-url '${url}'`,
    windows: `${tls}$env:HOMEWARD_JOIN_TOKEN = '${joinToken}'; & ([scriptblock]::Create((irm '${url}/install.ps1'))) -ApiUrl '${url}'`,
  };
}
