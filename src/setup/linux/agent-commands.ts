/**
 * The steps of an agent on Linux as commands that a person can read: the texts are those that the agent gives to `ip` and
 * nft, and the settings those that it writes. Pure.
 */
import type { Step } from '../host-plan/plan-vips.js';
import { bindLine, unbindLine } from './address-lines.js';
import { ARP_SCOPES, ARP_SETTINGS, BOOT_SETTINGS_FILE } from './arp-settings.js';
import { addText, dropText, loadText, removeText } from './guard-text.js';

export function agentCommands(steps: readonly Step[]): readonly string[] {
  return steps.flatMap(commandsOf);
}

const KEEP = `# the same in ${BOOT_SETTINGS_FILE} of sysctl.d, for the next boot`;

function commandsOf(step: Step): readonly string[] {
  switch (step.do) {
    case 'silence':
      return [...settings(), KEEP];
    case 'keep-settings':
      return [KEEP];
    case 'restore':
      return [`# sysctl: the values that the agent found before its first VIP; ${BOOT_SETTINGS_FILE} goes`];
    case 'load-guard':
      return [nft(loadText(step.addresses))];
    case 'guard':
      return [nft(addText(step.addresses))];
    case 'unguard':
      return [nft(removeText(step.addresses))];
    case 'drop-guard':
      return [nft(dropText())];
    case 'bind':
      return step.addresses.map((address) => `ip ${bindLine(address)}`);
    case 'unbind':
      return step.addresses.map((address) => `ip ${unbindLine(address)}`);
  }
}

/** What is silent already in another way stays as it is. */
function settings(): readonly string[] {
  return ARP_SCOPES.flatMap((scope) =>
    ARP_SETTINGS.map(({ key, wanted }) => `sysctl -w net.ipv4.conf.${scope}.${key}=${wanted}`),
  );
}

/** More than one line is one transaction. */
function nft(text: string): string {
  const [line = '', ...others] = text.trimEnd().split('\n');
  return others.length === 0 ? `nft ${line}` : `nft -f - <<'END'\n${text.trimEnd()}\nEND`;
}
