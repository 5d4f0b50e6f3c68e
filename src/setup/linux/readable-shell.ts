/**
 * The steps as a script that a person can read before running it on a host that has no agent. Every value in it is an
 * address, a number, a word or a line of nft; see code-text.ts. Pure.
 */
import type { VipDocument } from '../../contract/documents.js';
import {
  addressCode,
  code,
  commentCode,
  joinCode,
  nftCode,
  numberCode,
  wordCode,
  type Code,
} from '../code-text.js';
import type { SetupPart } from '../setup-part.js';
import { ARP_SCOPES, ARP_SETTINGS, type ArpSetting } from './arp-settings.js';
import { GUARD_PRIORITY, guardRules } from './guard-rules.js';
import { linuxSteps, settingSteps, vipSteps, type LinuxStep } from './linux-steps.js';
import {
  APPLY_ARP_FUNCTIONS,
  APPLY_FUNCTIONS,
  ARP_FUNCTIONS,
  ARP_PATHS,
  COMMON_FUNCTIONS,
  UNDO_ARP_FUNCTIONS,
  UNDO_FUNCTIONS,
  VERIFY_ARP_FUNCTIONS,
  VERIFY_FUNCTIONS,
} from './setup-functions.js';

interface Part {
  readonly about: string;
  readonly functions: readonly Code[];
  /** For the settings, which only IPv4 has. */
  readonly arp: readonly Code[];
}

const PARTS: Readonly<Record<SetupPart, Part>> = {
  apply: {
    about: 'sets the host up; may be run again at any time',
    functions: [COMMON_FUNCTIONS, APPLY_FUNCTIONS],
    arp: [ARP_PATHS, ARP_FUNCTIONS, APPLY_ARP_FUNCTIONS],
  },
  verify: {
    about: 'changes nothing; shows each setting, and ends with 1 where one is wrong',
    functions: [COMMON_FUNCTIONS, VERIFY_FUNCTIONS],
    arp: [ARP_PATHS, ARP_FUNCTIONS, VERIFY_ARP_FUNCTIONS],
  },
  undo: {
    about: 'takes the VIP away; with the last IPv4 VIP, puts back what was before',
    functions: [COMMON_FUNCTIONS, UNDO_FUNCTIONS],
    arp: [ARP_PATHS, UNDO_ARP_FUNCTIONS],
  },
};

/** One part of the set-up of a host for one VIP and all its services there. */
export function readableShell(vip: Pick<VipDocument, 'address'>, part: SetupPart): Code {
  const { about, functions, arp } = PARTS[part];
  const needed = settingSteps(vip.address).length > 0 ? [...functions, ...arp] : functions;
  return code`#!/bin/sh
${commentCode(`Homeward: ${vip.address} on a Linux real server, ${part}.`)}
${commentCode(`This ${about}.`)}
# Run it as root. It needs ip (iproute2) and nft (nftables).

${joinCode(needed, '\n\n')}

${BODIES[part](vip.address)}
`;
}

/** One step of a part, as it stands in the script. */
export function readableShellStep(step: LinuxStep, part: SetupPart): Code {
  if (part !== 'apply') return line(step, part);
  return code`${commentCode(`${step.name}. ${step.why}`)}\n${line(step, part)}`;
}

const BODIES: Readonly<Record<SetupPart, (address: string) => Code>> = {
  apply: (address) => lines(linuxSteps({ address }), 'apply', '\n\n'),
  verify: (address) => code`${lines(linuxSteps({ address }), 'verify', '\n')}\nexit "$wrong"`,
  undo: (address) => {
    const settings = settingSteps(address).filter(({ kind }) => kind !== 'cards');
    const restore = code`if others_left; then
    printf 'Other VIPs are on this host; its settings stay.\\n'
    exit 0
fi
${lines(settings.toReversed(), 'undo', '\n')}\n`;
    return code`${lines(vipSteps(address).toReversed(), 'undo', '\n')}
${settings.length > 0 ? restore : code``}forget_all`;
  },
};

function lines(steps: readonly LinuxStep[], part: SetupPart, separator: '\n' | '\n\n'): Code {
  return joinCode(
    steps.map((step) => readableShellStep(step, part)),
    separator,
  );
}

const VERBS = { apply: code`set`, verify: code`show`, undo: code`undo` } as const;

function line(step: LinuxStep, part: SetupPart): Code {
  const verb = VERBS[part];
  switch (step.kind) {
    case 'setting': {
      const { key, wanted } = step.setting;
      const values = [numberCode(wanted), ...(part === 'undo' ? [] : silentCode(step.setting))];
      return code`${verb}_setting ${joinCode([wordCode(step.scope), wordCode(key), ...values], ' ')}`;
    }
    case 'cards': {
      const { key, wanted } = step.setting;
      const words = joinCode([wordCode(key), numberCode(wanted), ...silentCode(step.setting)], ' ');
      return code`${part === 'apply' ? code`check` : verb}_cards ${words}`;
    }
    case 'boot-settings':
      return part === 'undo' ? code`undo_kept` : code`${KEEP[part]} ${ALL_SETTINGS}`;
    case 'guard': {
      const call = code`${verb}_guard ${wordCode(step.family)} ${wordCode(step.table)}`;
      return part === 'apply' ? code`${call} <<'GUARD'\n${guardText(step)}\nGUARD` : call;
    }
    case 'boot-unit':
      return code`${verb}_unit ${wordCode(step.unit)}`;
    case 'address': {
      // No duplicate detection: the director holds the same VIP on purpose.
      const option = part === 'apply' && step.prefixLength === 128 ? [code`nodad`] : [];
      const words = [addressCode(step.address), numberCode(step.prefixLength), ...option];
      return code`${verb}_vip ${joinCode(words, ' ')}`;
    }
  }
}

const KEEP = { apply: code`keep_settings`, verify: code`show_kept` } as const;

const ALL_SETTINGS = joinCode(
  ARP_SETTINGS.flatMap(({ key }) => ARP_SCOPES.map((scope) => wordCode(`${scope}.${key}`))),
  ' ',
);

function silentCode({ silent }: ArpSetting): readonly Code[] {
  return silent.map(numberCode);
}

/** One transaction: what was there goes, and there is no moment without the guard. */
function guardText({ family, table, element }: Extract<LinuxStep, { kind: 'guard' }>): Code {
  const own = code`table ${wordCode(family)} ${wordCode(table)}`;
  const chains = (['input', 'output'] as const).map((hook) => {
    const rules = guardRules(family, element)[hook].map((rule) => code`        ${nftCode(rule)}`);
    const type = code`type filter hook ${wordCode(hook)} priority ${nftCode(`${GUARD_PRIORITY}`)}`;
    return code`    chain ${wordCode(hook)} {\n        ${type}; policy accept;\n${joinCode(rules, '\n')}\n    }`;
  });
  return code`add ${own}\ndelete ${own}\n${own} {\n${joinCode(chains, '\n')}\n}`;
}
