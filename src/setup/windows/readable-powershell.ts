/**
 * The steps as a script that a person can read before running it on a host that has no agent. Every value in it is an
 * address, a number or a word; see code-text.ts. Pure.
 */
import type { VipDocument } from '../../contract/documents.js';
import { addressCode, code, commentCode, joinCode, numberCode, wordCode, type Code } from '../code-text.js';
import type { SetupPart } from '../setup-part.js';
import { INSTALL_LOOPBACK_ADAPTER, UNINSTALL_LOOPBACK_ADAPTER } from './loopback-device.js';
import {
  ADD_VIP,
  CLOSE_DOOR,
  CONVERT_TO_NUMBER,
  CONVERT_TO_WORD,
  GET_LOOPBACK_ADAPTERS,
  OPEN_DOOR,
  READ_DNS_REGISTRATION,
  READ_INTERFACE_VALUE,
  READ_RULES,
  REMOVE_VIP,
  RENAME_ADAPTER,
  STRICT,
  WRITE_DNS_REGISTRATION,
  WRITE_INTERFACE_VALUE,
} from './powershell-library.js';
import {
  ADAPTER_FUNCTIONS,
  APPLY_FUNCTIONS,
  STATE_FUNCTIONS,
  UNDO_FUNCTIONS,
  VERIFY_FUNCTIONS,
} from './setup-functions.js';
import { HOST_STEPS, windowsSteps, type FirewallRule, type WindowsStep } from './windows-steps.js';

const READING = [
  CONVERT_TO_NUMBER,
  GET_LOOPBACK_ADAPTERS,
  ADAPTER_FUNCTIONS,
  READ_INTERFACE_VALUE,
  READ_DNS_REGISTRATION,
  READ_RULES,
];
const WRITING = [
  CONVERT_TO_WORD,
  WRITE_INTERFACE_VALUE,
  WRITE_DNS_REGISTRATION,
  RENAME_ADAPTER,
  CLOSE_DOOR,
  STATE_FUNCTIONS,
];

const PARTS: Readonly<Record<SetupPart, { readonly about: string; readonly functions: readonly Code[] }>> = {
  apply: {
    about: 'sets the host up; may be run again at any time',
    functions: [...READING, ...WRITING, INSTALL_LOOPBACK_ADAPTER, OPEN_DOOR, ADD_VIP, APPLY_FUNCTIONS],
  },
  verify: {
    about: 'changes nothing; shows each setting, and ends with 1 where one is wrong',
    functions: [...READING, VERIFY_FUNCTIONS],
  },
  undo: {
    about: 'takes the VIP away; with the last VIP, puts back what was before',
    functions: [...READING, ...WRITING, UNINSTALL_LOOPBACK_ADAPTER, REMOVE_VIP, UNDO_FUNCTIONS],
  },
};

/** One part of the set-up of a host for one VIP and all its services there. */
export function readablePowerShell(vip: VipDocument, part: SetupPart): Code {
  const { about, functions } = PARTS[part];
  return code`${commentCode(`Homeward: ${vip.address} on a Windows real server, ${part}.`)}
${commentCode(`This ${about}.`)}
# Windows Server 2012 R2 to 2025; run it in PowerShell as an administrator.

${STRICT}

${joinCode(functions, '\n\n')}

${BODIES[part](vip)}
`;
}

/** One step of a part, as it stands in the script. */
export function readableStep(step: WindowsStep, part: SetupPart): Code {
  return part === 'apply'
    ? code`${commentCode(`${step.name}. ${step.why}`)}\n${LINES[part](step)}`
    : LINES[part](step);
}

const BODIES: Readonly<Record<SetupPart, (vip: VipDocument) => Code>> = {
  apply: (vip) => joinCode(stepsOf(vip, 'apply'), '\n\n'),
  verify: (vip) => code`${joinCode(stepsOf(vip, 'verify'), '\n')}\nif ($script:wrong -gt 0) { exit 1 }`,
  undo: ({ address, services }) => {
    const own = windowsSteps({ kind: 'vip', address, services }).slice(HOST_STEPS.length);
    const lines = (steps: readonly WindowsStep[]) =>
      joinCode(
        steps.toReversed().map((step) => readableStep(step, 'undo')),
        '\n',
      );
    return code`${lines(own)}

if (@((Read-State).vips).Count -gt 0) {
    Write-Output 'Other VIPs are on this host; its settings stay.'
    exit 0
}
${lines(HOST_STEPS)}
Remove-Item -LiteralPath $stateFile`;
  },
};

function stepsOf(vip: VipDocument, part: SetupPart): readonly Code[] {
  return windowsSteps(vip).map((step) => readableStep(step, part));
}

const LINES: Readonly<Record<SetupPart, (step: WindowsStep) => Code>> = {
  apply: (step) => line(step, code`Set`, code`Open-Door`),
  verify: (step) => line(step, code`Show`, code`Show-Door`),
  undo: (step) => line(step, code`Undo`, code`Close-Door`),
};

function line(step: WindowsStep, verb: Code, door: Code): Code {
  switch (step.kind) {
    case 'adapter':
      return code`${verb}-Adapter`;
    case 'adapter-name':
      return code`${verb}-AdapterName`;
    case 'dns-registration':
      return code`${verb}-Registration`;
    case 'interface': {
      const { name, place, family, property, wanted } = step.setting;
      const words = [...(verb === 'Show' ? [name] : []), place, family, property].map(wordCode);
      return code`${verb}-AtPlace ${joinCode(words, ' ')} ${numberCode(wanted)}`;
    }
    case 'firewall-rule':
      return code`${door} ${joinCode(ruleCode(step.rule, verb), ' ')}`;
    case 'address': {
      const prefix = verb === 'Undo' ? [] : [numberCode(step.prefixLength)];
      return code`${verb}-Vip ${joinCode([addressCode(step.address), ...prefix], ' ')}`;
    }
  }
}

function ruleCode({ name, address, protocol, ports }: FirewallRule, verb: Code): readonly Code[] {
  const rest = [addressCode(address), wordCode(protocol), wordCode(ports)];
  return [wordCode(name), ...(verb === 'Undo' ? [] : rest)];
}
