import type { SyncWarning } from '../../contract';
import { CODES } from '../../codes';
import {
  appRow,
  noteAccessDenials,
  ruleRow,
  unlistedNodes,
  writeAccessNodes,
  type AccessLabel,
  type AccessRow,
} from '../../graph/write/access/nodes';
import { askedNow, writeClaimed, type AccessWriter } from '../../graph/write/access/attempt';
import { readApp, readRule } from '../../okta/access';
import { OktaError } from '../../okta/errors';
import type { RawItem } from '../../okta/items';
import { countOf } from '../../text/counts';
import { readPages } from './pages';
import type { AccessWork } from './work';

/** Apps and group rules: short lists that each run reads whole. */
export class AccessNodes {
  constructor(private readonly work: AccessWork) {}

  /** Lists all nodes of a label, and asks by id for those that the graph has and the list lacks. */
  async sync(label: AccessLabel): Promise<void> {
    const { writer, attempt } = this.work;
    const { items } = await readPages(
      attempt,
      (cursor) => (label === 'App' ? this.org.apps(cursor, attempt) : this.org.rules(cursor, attempt)),
      (item) => rowOf(label, item),
    );
    const rows = items.filter((row) => row !== undefined);
    const malformed = items.length - rows.length;
    for (let from = 0; from < rows.length; from += ROWS) {
      await writeAccessNodes(writer, label, rows.slice(from, from + ROWS));
      attempt.beat();
    }
    await noteMalformed(writer, label === 'App' ? 'apps' : 'group rules', malformed);
    await this.ask(label);
  }

  /** Asks a second time for the nodes that Okta has denied. */
  async confirm(label: AccessLabel): Promise<void> {
    await this.ask(label, true);
  }

  private get org() {
    return this.work.ports.okta.org(this.work.writer.run.domain);
  }

  private async ask(label: AccessLabel, onlyDenied = false): Promise<void> {
    const { writer, attempt, gapMs } = this.work;
    const ids = await unlistedNodes(writer.db, writer.run, label, onlyDenied);
    let unproven = 0;
    for (let from = 0; from < ids.length; from += ASKED_TOGETHER) {
      const denied: string[] = [];
      const shown: AccessRow[] = [];
      const asked = await askedNow(writer.db, gapMs);
      await Promise.all(
        ids.slice(from, from + ASKED_TOGETHER).map(async (id) => {
          try {
            const found = await (label === 'App' ? this.org.app(id, attempt) : this.org.rule(id, attempt));
            const row = found && rowOf(label, found);
            if (!found) denied.push(id);
            else if (row?.id === id) shown.push(row);
            else unproven += 1;
          } catch (error) {
            attempt.signal.throwIfAborted();
            if (!(error instanceof OktaError) || CODES[error.code].concerns === 'everything') throw error;
            unproven += 1;
          }
        }),
      );
      if (shown.length > 0) await writeAccessNodes(writer, label, shown);
      await noteAccessDenials(writer, label, { denied, asOfMs: attempt.oktaNowMs, asked });
    }
    if (unproven === 0) return;
    const message = `Okta no longer lists ${countOf(unproven, label === 'App' ? 'app' : 'group rule')}, but did not confirm the deletion, so nothing was removed.`;
    await noteWarning(writer, { code: 'KEPT_UNPROVEN', message, count: unproven });
  }
}

const ROWS = 500;
const ASKED_TOGETHER = 50;

function rowOf(label: AccessLabel, item: RawItem): AccessRow | undefined {
  const value = valueOf(item);
  if (label === 'App') {
    const app = readApp(value);
    return 'malformed' in app ? undefined : appRow(app);
  }
  const rule = readRule(value);
  return 'malformed' in rule ? undefined : ruleRow(rule);
}

/** Warns of items without a usable id, in a list of `what`, if there are any. */
export async function noteMalformed(writer: AccessWriter, what: string, count: number): Promise<void> {
  if (count === 0) return;
  const message = `Items of a list of ${what} that have no usable ID, or do not say if they come through a group, were left out.`;
  await noteWarning(writer, { code: 'MALFORMED_ACCESS', message, count });
}

async function noteWarning(writer: AccessWriter, warning: SyncWarning): Promise<void> {
  await writeClaimed(writer, () => Promise.resolve({ counts: {}, warnings: [warning] }));
}

export function valueOf(item: RawItem): unknown {
  try {
    return item.value;
  } catch {
    return undefined;
  }
}
