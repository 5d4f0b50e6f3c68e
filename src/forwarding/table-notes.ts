/** What a plan says in words of a director's part, for no command can be told. Pure. */
import type { ServiceDocument } from '../contract/documents.js';
import type { Ground } from './ground.js';
import { chainsNeeded } from './steering.js';
import { isStraightName } from './straight-rules.js';
import type { ChangedService } from './told-servers.js';

type Note = (changes: readonly ChangedService[], ground: Ground) => string | undefined;

/** None twice. */
export function tableNotes(changes: readonly ChangedService[], ground: Ground): readonly string[] {
  return [comingVips, leavingVips, unreachable, chainsOfOthers, shortWay, slowStart].flatMap(
    (note: Note) => note(changes, ground) ?? [],
  );
}

const comingVips: Note = (changes) => {
  const count = movedVips(
    changes,
    ({ before }) => before,
    ({ settled }) => settled,
  ).size;
  if (count === 0) return undefined;
  return 'The director takes the VIP on its own interface when the table is ready and nobody else on the segment has it.';
};

const leavingVips: Note = (changes) => {
  const count = movedVips(
    changes,
    ({ settled }) => settled,
    ({ before }) => before,
  ).size;
  if (count === 0) return undefined;
  return 'The director gives up the VIP before its table changes, unless another service uses it.';
};

const unreachable: Note = (changes, { segments }) => {
  const servers = changes.flatMap(({ settled }) => settled?.servers ?? []);
  const far = servers.filter(({ address }) => segments.deviceFor(address) === undefined);
  const [first] = far;
  if (first === undefined) return undefined;
  const who =
    far.length === 1
      ? `Real server ${first.address} is`
      : `${far.length} real servers, such as ${first.address}, are`;
  return `${who} on no segment of this director, which forwards nothing there.`;
};

const chainsOfOthers: Note = (changes) =>
  needs(changes).some((name) => !isStraightName(name))
    ? 'Chains come first only where no other service has brought them.'
    : undefined;

const shortWay: Note = (changes) =>
  needs(changes).some(isStraightName)
    ? 'Where no other service without flow affinity has the same scheduler and size, the rules of the entry chain are laid anew first.'
    : undefined;

const slowStart: Note = (changes) =>
  changes.some(({ settled }) => settled?.slowStartMs !== undefined)
    ? 'A server that came back gets its share in steps; the commands are those of the last step.'
    : undefined;

/** What comes to be needed. */
function needs(changes: readonly ChangedService[]): readonly string[] {
  return changes.flatMap(({ before, settled }) => {
    const had = new Set(chainsNeeded(before));
    return chainsNeeded(settled).filter((name) => !had.has(name));
  });
}

type Side = (change: ChangedService) => ServiceDocument | null;

/** VIPs on the one side that the same service does not have on the other. */
function movedVips(changes: readonly ChangedService[], from: Side, to: Side): ReadonlySet<string> {
  return new Set(
    changes.flatMap((change) => {
      const now = to(change)?.address;
      return now === undefined || now === from(change)?.address ? [] : [now];
    }),
  );
}
