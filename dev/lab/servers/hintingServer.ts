import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTemporal } from '../../../src/local/temporal';

export interface HintingServer {
  address: string;
  stop(): Promise<void>;
}

/** A dev server that suggests to continue as new as soon as a history has so many events; by default it is 4,096. */
export async function startHintingServer(events: number): Promise<HintingServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'okta-graph-hinting-server-'));
  const settings = [`limit.historyCount.suggestContinueAsNew=${events}`];
  const server = await startTemporal({ dataDir, persistent: false, settings });
  return {
    address: server.address,
    async stop() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
