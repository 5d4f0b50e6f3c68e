/** nftlb, the table that the bench measures ours beside. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, say } from './checkout.mjs';
import { isInstalled } from './debian-packages.mjs';

/** What the bench measures the table beside, with the libraries that it needs. */
const PEER_PACKAGES = ['nftlb', 'libev4', 'libjansson4'];
const PEER_FOLDER = '.homeward/nftlb';

/** Unpacked and not installed: its package would start it on the machine. The bench says so where it is not there. */
export function fetchPeer() {
  const folder = join(ROOT, PEER_FOLDER);
  if (existsSync(folder) || !isInstalled('apt-get')) return;
  say('fetching nftlb, to measure beside it ...');
  const fetched = `${folder}.new`;
  rmSync(fetched, { recursive: true, force: true });
  mkdirSync(fetched, { recursive: true });
  run('apt-get', ['-qq', 'download', ...PEER_PACKAGES], {}, fetched);
  const packages = readdirSync(fetched).filter((name) => name.endsWith('.deb'));
  for (const name of packages) run('dpkg-deb', ['-x', name, '.'], {}, fetched);
  if (packages.length === PEER_PACKAGES.length) renameSync(fetched, folder);
  else say('nftlb could not be fetched.');
}
