/** The one file that real servers are given, which has the agent's role alone and starts in a quarter of the time. */
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/platform/package-root.js';

export const INSTALLED_AGENT = join(PACKAGE_ROOT, 'dist/install/homeward-agent.cjs');
