/**
 * An option that no engine can carry out is refused: never accept and ignore. An option is judged by itself; one
 * engine that has it is enough.
 */
import { familyOf } from '../address.js';
import type { VirtualService } from '../virtual-service.js';
import { onlyIntroduced } from './only-introduced.js';
import type { Rule, Violation } from './rule.js';
import type { EngineAbilities } from './surroundings.js';

interface Option {
  readonly field: string;
  readonly text: string;
  readonly enforcedBy: (engine: EngineAbilities) => boolean;
  /** What may be used in its place. */
  readonly instead: (engine: EngineAbilities) => readonly string[];
}

export const notEnforceable: Rule = onlyIntroduced(({ after, surroundings: { abilities } }) =>
  optionsOf(after)
    .filter((option) => !abilities.some(option.enforcedBy))
    .map((option) => violation(option, abilities)),
);

function violation(option: Option, engines: readonly EngineAbilities[]): Violation {
  const instead = [...new Set(engines.flatMap(option.instead))].sort();
  const hint = instead.length === 0 ? 'Leave it out.' : `Use one of: ${instead.join(', ')}.`;
  const message = `No connected engine can enforce ${option.text}.`;
  return { kind: 'unprocessable', code: 'not-enforceable', field: option.field, message, hint };
}

function optionsOf(service: VirtualService): readonly Option[] {
  return [
    choice('/protocol', 'the protocol', service.protocol, (engine) => engine.protocols),
    choice('/address', 'addresses of', familyOf(service.address), (engine) => engine.addressFamilies),
    choice('/scheduler', 'the scheduler', service.scheduler, (engine) => engine.schedulers),
    choice(
      '/healthCheck/type',
      'health checks of type',
      service.healthCheck.type,
      (engine) => engine.healthChecks,
    ),
    ...persistenceOption(service),
    ...statelessOption(service),
    ...portRangeOption(service),
    ...forwardingOptions(service),
    ...backupOptions(service),
  ];
}

function choice<T extends string>(
  field: string,
  what: string,
  value: T,
  offered: (engine: EngineAbilities) => readonly T[],
): Option {
  const enforcedBy = (engine: EngineAbilities): boolean => offered(engine).includes(value);
  return { field, text: `${what} ${value}`, enforcedBy, instead: offered };
}

function persistenceOption({ persistence }: VirtualService): readonly Option[] {
  if (persistence === null) return [];
  return [choice('/persistence', 'persistence by', persistence.type, (engine) => engine.persistence)];
}

function statelessOption({ flowAffinity }: VirtualService): readonly Option[] {
  if (flowAffinity) return [];
  const enforcedBy = (engine: EngineAbilities): boolean => engine.statelessServices === true;
  return [{ field: '/flowAffinity', text: 'a service without flow affinity', enforcedBy, instead: () => [] }];
}

function portRangeOption({ endPort }: VirtualService): readonly Option[] {
  if (endPort === null) return [];
  const enforcedBy = (engine: EngineAbilities): boolean => engine.portRanges;
  return [{ field: '/endPort', text: 'a range of ports', enforcedBy, instead: () => [] }];
}

function forwardingOptions({ realServers }: VirtualService): readonly Option[] {
  return realServers.map(({ address, forwardingMethod }, index) =>
    choice(
      `/realServers/${index}/forwardingMethod`,
      `for ${address} the forwarding method`,
      forwardingMethod,
      (engine) => engine.forwardingMethods,
    ),
  );
}

function backupOptions({ realServers }: VirtualService): readonly Option[] {
  const enforcedBy = (engine: EngineAbilities): boolean => engine.backupServers === true;
  return realServers.flatMap(({ backup }, index) =>
    backup
      ? [{ field: `/realServers/${index}/backup`, text: 'backup servers', enforcedBy, instead: () => [] }]
      : [],
  );
}
