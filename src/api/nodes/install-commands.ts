/** The one line that installs and joins an agent, ready to be pasted. It is the only place where a join token is shown. */
export interface InstallCommands {
  readonly linux: string;
  readonly windows: string;
}

/** @param url,joinToken made of characters that end no quotation. */
export function installCommands(url: string, joinToken: string): InstallCommands {
  return {
    linux: `curl -fsSL '${url}/install.sh' | sh -s -- --api-url '${url}' --join-token ${joinToken}`,
    windows: `& ([scriptblock]::Create((irm '${url}/install.ps1'))) -ApiUrl '${url}' -JoinToken ${joinToken}`,
  };
}
