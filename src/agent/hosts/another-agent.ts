/** What the second agent on a host is told. */
export const ANOTHER_AGENT = 'Another agent works on this host. Stop it first; a host has one agent.';
