/**
 * Puts back the settings that the agent changed. It forgets what they were only when it has read back that they are so
 * again and that nothing sets them otherwise after a reboot: what is forgotten nobody puts back later.
 */
import type { Logger } from '../../platform/logger.js';
import type { HostDriver } from '../hosts/host-driver.js';
import { settingsToRestore } from '../plan/changed-settings.js';
import { inheritedSettings } from '../plan/inherited-settings.js';
import type { VipLedger } from './vip-ledger.js';

/** Rejects where something is not as it was, with what it is. */
export async function restoreSettings(host: HostDriver, ledger: VipLedger, logger: Logger): Promise<void> {
  const { settings } = ledger;
  const found = await host.readSettings();
  const restored = { ...settingsToRestore(settings, found), ...inheritedSettings(settings, found) };
  await host.writeSettings(restored);
  const now = await host.readSettings();
  // An interface may have gone away meanwhile, and its settings with it.
  const wrong = Object.entries(restored).filter(
    ([name, value]) => now[name] !== undefined && now[name] !== value,
  );
  if (wrong.length > 0) throw new Error(`${wrong.map(([name]) => name).join(', ')} cannot be put back`);
  await host.forgetSettings();
  await ledger.rememberSettings({});
  logger.info({ settings: restored }, 'the last VIP left; what the agent had set is as before');
}
