/** What is wrong with the engine itself: its programs, its rights, what it was told, and its control plane. Pure. */
import type { DirectorFinding } from './director-finding.js';
import type { ExaminedDirector, FoundProgram } from './examined-director.js';

type Judge = (examined: ExaminedDirector) => readonly DirectorFinding[];

export const judgeState: Judge = (examined) =>
  [programs, rights, joining, running, knowledge, heldBack, controlPlane].flatMap((judge) => judge(examined));

/** What each program is for, and whether there is traffic without it. */
const PROGRAMS: Readonly<
  Record<string, { readonly pack: string; readonly why: string; readonly vital: boolean }>
> = {
  nft: { pack: 'nftables', why: 'It puts the rules that forward into the kernel.', vital: true },
  ip: { pack: 'iproute2', why: 'It holds the VIPs and reads the interfaces.', vital: true },
  perl: {
    pack: 'perl',
    why: 'It announces VIPs, hears who else has them, watches the table, and reads counters and flows.',
    vital: false,
  },
  setpriv: {
    pack: 'util-linux',
    why: 'It starts what watches, announces and checks, so that this ends with the engine.',
    vital: false,
  },
  unshare: { pack: 'util-linux', why: 'It makes the place from where servers are checked.', vital: false },
};

const programs: Judge = (examined) => examined.programs.flatMap(missingProgram);

function missingProgram({ name, problem }: FoundProgram): readonly DirectorFinding[] {
  const known = PROGRAMS[name];
  if (problem === null || known === undefined) return [];
  return [
    {
      code: 'program-missing',
      severity: known.vital ? 'no-traffic' : 'at-risk',
      title: `The program ${name} cannot be used`,
      concerns: [],
      seen: problem,
      why: known.why,
      words: `Install the package ${known.pack}.`,
      commands: [`apt-get install ${known.pack}`],
    },
  ];
}

const rights: Judge = ({ noRights }) =>
  noRights === null
    ? []
    : [
        {
          code: 'no-rights',
          severity: 'no-traffic',
          title: 'The rules of the kernel cannot be read',
          concerns: [],
          seen: noRights,
          why: 'An engine without the right to program the network (CAP_NET_ADMIN) can put nothing in force.',
          words: 'Run engine and doctor as root, or give the container the capability NET_ADMIN.',
          commands: [],
        },
      ];

const joining: Judge = ({ joined }) =>
  joined !== null
    ? []
    : [
        {
          code: 'not-joined',
          severity: 'no-traffic',
          title: 'This director has not joined a control plane',
          concerns: [],
          seen: 'There is no identity in its state directory.',
          why: 'Nobody tells it what to forward.',
          words:
            'Make it known with POST /v1/nodes, and start the engine with the join token that this answers.',
          commands: [],
        },
      ];

const running: Judge = ({ engineRuns, joined }) =>
  engineRuns || joined === null
    ? []
    : [
        {
          code: 'engine-away',
          severity: 'at-risk',
          title: 'The engine does not run',
          concerns: [],
          seen: 'No process holds the lock of its state directory.',
          why: 'What is in force goes on; nothing is checked, repaired or changed.',
          words: 'Start it.',
          commands: [],
        },
      ];

const knowledge: Judge = ({ kept, told, joined }) => {
  if (kept !== 'all') {
    return [
      {
        code: 'state-damaged',
        severity: 'at-risk',
        title: 'What the engine was last told cannot be read whole',
        concerns: [],
        seen: kept === 'none' ? 'Nothing of it can be read.' : 'An older state of it can be read.',
        why: 'After a restart without the control plane it would forward less, or as it was before.',
        words: 'Let it reach the control plane, which tells it everything again; and look after the disk.',
        commands: [],
      },
    ];
  }
  if (told !== null || joined === null) return [];
  return [
    {
      code: 'nothing-told',
      severity: 'no-traffic',
      title: 'The control plane has told this director nothing yet',
      concerns: [],
      seen: 'It holds no documents.',
      why: 'It forwards nothing before it was told what.',
      words: 'Start the engine, and let it reach the control plane.',
      commands: [],
    },
  ];
};

const heldBack: Judge = ({ told }) =>
  told === null || told.heldBack === null
    ? []
    : [
        {
          code: 'changes-held-back',
          severity: 'at-risk',
          title: 'Changes are held back that would take much away',
          concerns: [],
          seen: `${told.heldBack.services} services stay as they were (ChangeRefused).`,
          why: 'No change of an operator is known by which they should go.',
          words:
            'See that the database is the right one, and whole. Approve exactly this difference only where it is meant.',
          commands: [`homeward engine approve ${told.heldBack.digest}`],
        },
      ];

const controlPlane: Judge = ({ apiProblem }) =>
  apiProblem === undefined || apiProblem === null
    ? []
    : [
        {
          code: 'control-plane-unreachable',
          severity: 'at-risk',
          title: 'The control plane cannot be reached',
          concerns: [],
          seen: apiProblem,
          why: 'What is in force goes on; no change comes here.',
          words: 'See that the API runs, that HOMEWARD_API_URL is right, and that nothing is in the way.',
          commands: [],
        },
      ];
