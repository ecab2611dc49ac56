/** Icons of the navigation, drawn for 16 by 16 pixels. They repeat what the words beside them say. */
const PATHS = {
  overview: 'M2 9h5V2H2zM9 6h5V2H9zM9 14h5V8H9zM2 14h5v-3H2z',
  users:
    'M6 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM1 14c0-3 2-4.5 5-4.5s5 1.5 5 4.500M11 2.500a3 3 0 0 1 0 5M12.5 10c1.600.6 2.5 2 2.5 4',
  groups: 'M2 5h12v9H2zM5 5V2h6v3M2 9h12',
  apps: 'M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM9 9h5v5H9z',
  roles: 'M8 1.5 14 4v4c0 3.5-2.5 5.5-6 6.500C4.5 13.5 2 11.5 2 8V4z',
  rules: 'M2 4h7M12 4h2M2 12h2M7 12h7M2 8h3M8 8h6',
  questions:
    'M5.5 6a2.5 2.5 0 1 1 3.5 2.300c-.7.3-1 .8-1 1.700M8 12.500v.5M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z',
  changes: 'M2 5h11l-3-3M14 11H3l3 3',
  runs: 'M8 4v4l3 2M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z',
  sources:
    'M8 6c3.300 0 6-1 6-2.500S11.300 1 8 1 2 2 2 3.5 4.700 6 8 6zM2 3.500v9C2 14 4.700 15 8 15s6-1 6-2.500v-9M2 8c0 1.5 2.700 2.5 6 2.500S14 9.5 14 8',
  add: 'M8 2v12M2 8h12',
  audit: 'M3 1h7l3 3v11H3zM6 7h5M6 10h5M6 4h2',
  tokens: 'M10 9.500a4 4 0 1 0-3.5-3.500L1.5 11v3.500H5V12h2.500V9.500z',
  settings:
    'M8 5.500a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.5 1.500M11.5 11.5 13 13M3 13l1.5-1.500M11.5 4.5 13 3',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.3"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
