import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  labels?: { severity?: string };
  annotations?: { summary?: string; description?: string; runbook?: string };
}

interface Panel {
  id: number;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: { expr: string }[];
}

interface Dashboard {
  panels: Panel[];
  templating: { list: { name: string }[] };
}

/** Whether Prometheus' own grammar takes an expression, with what Grafana puts in for its variables. */
function isPromQL(expr: string): boolean {
  let isRight = true;
  parser.parse(expr.replaceAll('$__rate_interval', '5m')).iterate({
    enter: ({ type }) => {
      if (type.isError) isRight = false;
    },
  });
  return isRight;
}

// That each metric exists is tested against a worker: test/metrics/scrape.test.ts.

describe('The alert rules', () => {
  const { groups } = parse(read('ops/alerts.yml')) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);

  it('cover what an operator must be woken or notified for', () => {
    assert.deepEqual(
      rules.map(({ alert }) => alert),
      [
        'OktaGraphNoSuccess',
        'OktaGraphRunFailed',
        'OktaGraphRunPartial',
        'OktaGraphRemovalsWithheld',
        'OktaGraphRunTooLong',
        'OktaGraphRateLimited',
        'OktaGraphWatchBehind',
        'OktaGraphNotificationsFail',
        'OktaGraphDisabledAdmins',
        'OktaGraphNoWorker',
      ],
    );
  });

  for (const { alert, expr, labels, annotations } of rules) {
    it(`are PromQL, have a severity and a runbook, and are tried with series: ${alert}`, () => {
      assert(isPromQL(expr), expr);
      assert.match(labels?.severity ?? '', /^(critical|warning|info)$/);
      assert(annotations?.summary && annotations.description, 'it has a summary and a description');
      assert.equal(annotations.runbook, `docs/runbooks.md#${alert.toLowerCase()}`);
      assert.match(read('docs/runbooks.md'), new RegExp(`^## ${alert}$`, 'm'));
      assert.match(read('ops/alerts.test.yml'), new RegExp(`alertname: ${alert}\\n +exp_alerts:\\n`));
    });
  }

  it('are checked by a grammar that finds faults', () => {
    assert.equal(isPromQL('sum by (domain (okta_graph_size)'), false);
  });
});

describe('The dashboard', () => {
  const { panels, templating } = JSON.parse(read('ops/grafana-dashboard.json')) as Dashboard;

  it('asks in PromQL', () => {
    for (const { title, targets } of panels) {
      assert(targets.length > 0, title);
      for (const { expr } of targets) assert(isPromQL(expr), `${title}: ${expr}`);
    }
  });

  it('uses no variable that it does not have', () => {
    const has = new Set([...templating.list.map(({ name }) => name), '__rate_interval', '__all']);
    const used = read('ops/grafana-dashboard.json').matchAll(/\$\{?(\w+)/g);
    for (const [, name] of used) assert(has.has(name ?? ''), name);
  });

  it('has panels with ids of their own that do not lie on each other', () => {
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    );
    assert.equal(new Set(cells).size, cells.length);
    assert(
      panels.every(({ gridPos: { x, w } }) => x + w <= 24),
      'a panel is wider than the dashboard',
    );
  });
});

describe('The workflows of the repository', () => {
  const FOLDER = '.github/workflows';
  const texts = new Map(readdirSync(join(ROOT, FOLDER)).map((file) => [file, read(join(FOLDER, file))]));
  /** A release runs all of CI. */
  const CI = './.github/workflows/ci.yml';
  /** What a job may do in addition to reading the repository, and why. */
  const MORE: Readonly<Record<string, readonly string[]>> = {
    'security.yml codeql': ['security-events'],
    'release.yml package': ['id-token'],
    'release.yml image': ['packages', 'id-token', 'attestations'],
    'release.yml chart': ['packages', 'id-token'],
    'release.yml notes': ['contents'],
  };

  it('may read the repository, and nothing else unless it is listed here', () => {
    for (const [file, text] of texts) {
      const { permissions, jobs } = parse(text) as {
        permissions: object;
        jobs: Record<string, { permissions?: Record<string, string> }>;
      };
      assert.deepEqual(permissions, { contents: 'read' }, file);
      for (const [name, job] of Object.entries(jobs)) {
        const writes = Object.entries(job.permissions ?? {}).filter(([, right]) => right !== 'read');
        assert.deepEqual(
          writes.map(([right]) => right),
          MORE[`${file} ${name}`] ?? [],
          `${file} ${name}`,
        );
      }
    }
  });

  it('take every action at one commit, and keep no credentials in the checkout', () => {
    for (const [file, text] of texts) {
      const used = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action ?? '');
      const foreign = used.filter((action) => action !== CI);
      assert(foreign.length > 0, file);
      for (const action of foreign) assert.match(action, /^[a-z-]+(\/[a-z-]+)+@[0-9a-f]{40}$/, file);
      assert.equal(
        text.match(/uses: actions\/checkout/g)?.length,
        text.match(/persist-credentials: false/g)?.length,
        file,
      );
    }
  });

  it('run all that CI checks before anything is released', () => {
    assert.match(texts.get('ci.yml') ?? '', /^ +- run: npm test$/m);
    const { jobs } = parse(texts.get('release.yml') ?? '') as {
      jobs: Record<string, { needs?: string | string[]; uses?: string }>;
    };
    assert.equal(jobs['tests']?.uses, CI);
    for (const [name, { needs = [] }] of Object.entries(jobs))
      assert.ok(
        ['check', 'tests'].includes(name) ||
          [needs].flat().some((need) => need === 'tests' || need === 'image'),
        name,
      );
  });
});
