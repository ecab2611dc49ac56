import type { Config } from '../config';
import { consoleUrl, type ConsoleSettings } from '../console/settings';

/** Returns the configuration of a worker whose notifications lead to the console of `okta-graph start`. */
export function withConsoleLinks(config: Config, settings: ConsoleSettings): Config {
  const { notify } = config;
  if (!notify) return config;
  return { ...config, notify: { consoleOrigin: consoleUrl(settings), ...notify } };
}
