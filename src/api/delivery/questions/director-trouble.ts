/** Why a director told nothing when it was asked, in words, and what that means for the request. Pure. */
import { REFUSED_BUSY, REFUSED_NOT_IN_FORCE, type Refusal } from '../../../contract/questions.js';
import { failure, type Failure } from '../../../domain/failure.js';

export const DIRECTOR_TROUBLES = [
  'not-in-force',
  'too-many-questions',
  'director-cannot-tell',
  'director-did-not-answer',
  'director-away',
] as const;

export interface DirectorTrouble {
  readonly code: (typeof DIRECTOR_TROUBLES)[number];
  readonly message: string;
}

export function troubleOf(name: string, what: Refusal | 'away' | 'silent'): DirectorTrouble {
  if (what === 'away') {
    return { code: 'director-away', message: `Director ${name} has not been heard of lately.` };
  }
  if (what === 'silent') {
    return { code: 'director-did-not-answer', message: `Director ${name} did not answer in time.` };
  }
  return { code: codeOf(what), message: `Director ${name}: ${what.message}` };
}

function codeOf({ reason }: Refusal): DirectorTrouble['code'] {
  if (reason === REFUSED_NOT_IN_FORCE) return 'not-in-force';
  return reason === REFUSED_BUSY ? 'too-many-questions' : 'director-cannot-tell';
}

interface Troubled {
  readonly trouble: DirectorTrouble | null;
}

const HINTS = {
  'not-in-force':
    'See its status: it may be disabled, have no real server that is admitted, or not be in force yet.',
  'too-many-questions': 'Ask again in a second, and less often.',
  'director-cannot-tell': 'See the log of the director, and run `homeward engine doctor` on it.',
  'director-did-not-answer': 'Ask again; if that goes on, see the log of the director.',
  'director-away': 'See GET /v1/nodes?role=director, and run `homeward engine doctor` on it.',
} as const;

/** The failure of a request that nobody could answer: that of the one who came nearest to an answer. */
export function nobodyTold(said: readonly Troubled[]): Failure {
  const troubles = said.flatMap(({ trouble }) => trouble ?? []);
  const [nearest] = DIRECTOR_TROUBLES.flatMap((code) => troubles.filter((each) => each.code === code));
  const message = troubles.map((each) => each.message).join(' ');
  switch (nearest?.code) {
    case undefined:
    case 'director-away':
      return failure(
        'unavailable',
        'no-director-connected',
        message === '' ? 'No director has joined.' : message,
        HINTS['director-away'],
      );
    case 'not-in-force':
      return failure('conflict', nearest.code, message, HINTS[nearest.code]);
    case 'too-many-questions':
      return failure('too-many-requests', nearest.code, message, HINTS[nearest.code]);
    case 'director-cannot-tell':
      return failure('unavailable', nearest.code, message, HINTS[nearest.code]);
    case 'director-did-not-answer':
      return failure('not-answered', nearest.code, message, HINTS[nearest.code]);
  }
}
