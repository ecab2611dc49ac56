import assert from 'node:assert/strict';

type Labels = Readonly<Record<string, string>>;

interface Sample {
  name: string;
  labels: Labels;
  value: number;
}

/** The metrics of a worker, as Prometheus scrapes them. */
export class Scrape {
  private constructor(private readonly samples: readonly Sample[]) {}

  static async of(address: string): Promise<Scrape> {
    const response = await fetch(`http://${address}/metrics`);
    assert.equal(response.status, 200);
    const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Scrape(lines.map(sampleOf));
  }

  /** The names of all series. */
  get names(): Set<string> {
    return new Set(this.samples.map(({ name }) => name));
  }

  /** Returns the sum of a metric's series with these labels, or undefined if there are none. */
  sum(name: string, labels: Labels = {}): number | undefined {
    const found = this.samples.filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, is]) => sample.labels[label] === is),
    );
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }

  /** Returns the sums of a metric by the values of a label. */
  by(label: string, name: string, labels: Labels = {}): Record<string, number> {
    const values = new Set(
      this.samples.flatMap((sample) => (sample.name === name ? (sample.labels[label] ?? []) : [])),
    );
    return Object.fromEntries(
      [...values].map((value) => [value, this.sum(name, { ...labels, [label]: value }) ?? 0]),
    );
  }
}

function sampleOf(line: string): Sample {
  const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  assert(name !== undefined && value !== undefined, line);
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, is]) => [label, is]);
  return { name, labels: Object.fromEntries(pairs) as Labels, value: Number(value) };
}
