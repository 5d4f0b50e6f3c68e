import { failed, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';
import { PLACE_IN_HISTORY } from './the-agent-is-of-another-epoch.js';

export const theAgentRefusesItsDocuments: Cause = {
  code: 'agent-refuses-documents',
  severity: 'no-traffic',
  title: 'The agent does not take its documents, or cannot put them in force',
  why: 'Its host stays as it was: what was asked of it since does not happen there.',
  find: (known) => {
    const refused = failed(known, 'DocumentsAccepted');
    const ofHistory = failed(known, 'DocumentsAccepted', PLACE_IN_HISTORY);
    return (
      (ofHistory === null ? refused : null) ??
      failed(known, 'DocumentsApplied') ??
      failed(known, 'ReleasesApproved')
    );
  },
  fix: () =>
    anywhere(
      'real-server',
      'Do what the message says. If it stays so, start the agent anew: it then asks for all of its documents.',
    ),
};
