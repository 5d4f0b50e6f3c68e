import { failed, type Cause } from '../cause.js';
import { onTheHost, remedy } from '../remedies.js';

export const theHostCannotBeLookedAt: Cause = {
  code: 'host-not-looked-at',
  severity: 'no-traffic',
  title: 'The agent cannot look at its host',
  why: 'Nobody knows whether the host is silent, and nothing on it is repaired. It gets no packets meanwhile.',
  find: (known) => failed(known, 'HostLookedOver'),
  fix: () =>
    onTheHost(
      remedy('Do what the message says. See that these can be run.', 'ip -json address', 'nft list tables'),
      remedy('Do what the message says. See that PowerShell can be started and has its network modules.'),
    ),
};
