import type { BenchRow } from './runs';
import { median } from './support/median';
import { ratio, seconds } from './support/text';

const BAR = { height: 16, gap: 30, left: 230, width: 420 };

/** An SVG of the rows: one bar for the calls made, with a mark where those needed end; legible on light and dark. */
export function barChart(rows: readonly BenchRow[], latencyMs: number): string {
  const longest = Math.max(...rows.map(({ calls, needed }) => Math.log10(Math.max(calls, needed))));
  const x = (calls: number) => BAR.left + (Math.log10(Math.max(1, calls)) / longest) * BAR.width;
  const bars = rows.map((row, index) => {
    const y = 46 + index * BAR.gap;
    const wallMs = median(row.wallMs);
    const floor = row.floorMs === undefined ? '' : `, ${ratio(wallMs, row.floorMs)} x floor`;
    return `
  <text x="${BAR.left - 10}" y="${y + 12}" text-anchor="end">${row.size}, ${row.run}</text>
  <rect x="${BAR.left}" y="${y}" width="${(x(row.calls) - BAR.left).toFixed(1)}" height="${BAR.height}" rx="2" fill="#3b82f6"/>
  <path d="M${x(row.needed).toFixed(1)} ${y - 3}v${BAR.height + 6}" stroke="#f59e0b" stroke-width="3"/>
  <text x="${(Math.max(x(row.calls), x(row.needed)) + 8).toFixed(1)}" y="${y + 12}">${row.calls} calls, ${seconds(wallMs)} s${floor}</text>`;
  });
  const height = 46 + rows.length * BAR.gap + 10;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Calls made and needed">
  <style>text { fill: #334155 } @media (prefers-color-scheme: dark) { text { fill: #cbd5e1 } }</style>
  <text x="10" y="22" font-size="15">Calls to Okta (bar, log scale) and calls needed (mark), at ${latencyMs} ms latency</text>${bars.join('')}
</svg>
`;
}
