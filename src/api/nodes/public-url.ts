/**
 * Where nodes reach this API: what `HOMEWARD_PUBLIC_URL` says, else as the operator reached it. The answer goes into
 * a command that somebody pastes into a shell, so a host that is more than a name or an address and a port is no
 * answer at all.
 */
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;

export class PublicUrl {
  /** @param configured without a slash at the end. */
  constructor(private readonly configured: string | undefined) {}

  /** @param host the request's Host header; @returns null where it is not usable. */
  for(host: string | undefined): string | null {
    if (this.configured !== undefined) return this.configured;
    return host !== undefined && HOST.test(host) ? `http://${host}` : null;
  }
}
