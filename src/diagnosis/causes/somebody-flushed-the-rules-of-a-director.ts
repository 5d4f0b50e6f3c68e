import { troublesFor, type Cause } from '../cause.js';
import { anywhere } from '../remedies.js';

export const somebodyFlushedTheRulesOfADirector: Cause = {
  code: 'director-rules-flushed',
  severity: 'no-traffic',
  title: "Somebody flushed or changed a director's rules",
  why:
    'Packets that meet no rule of the director are dropped. It puts back at once what was undone, but not again and again: ' +
    'from the fifth time within a minute it waits longer each time.',
  find: (known) => troublesFor(known, 'RulesUndone'),
  fix: () =>
    anywhere(
      'director',
      'Find what does it: a firewall that is loaded with `flush ruleset`, such as nftables.service or firewalld, or a ' +
        'script. Have it flush its own tables.',
      'journalctl --since -15min --grep "nft|firewall"',
    ),
};
