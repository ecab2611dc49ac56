type Json = unknown;

/** Where Temporal and the SDK put the host's name, a process id, a path of this machine or the hash of a build. */
const OF_THIS_MACHINE = new Set(['identity', 'stackTrace', 'buildId']);

/** A history in JSON without what it says of the machine that it was recorded on; replaying needs none of that. */
export function scrubbed(value: Json): Json {
  if (Array.isArray(value)) return value.map(scrubbed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]: [string, Json]) => {
      if (OF_THIS_MACHINE.has(name)) return [name, ''];
      if (isStickyQueue(child)) return [name, { ...child, name: 'sticky' }];
      return [name, scrubbed(child)];
    }),
  );
}

/** A worker's own queue is named after its process and host. */
function isStickyQueue(value: Json): value is object {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'TASK_QUEUE_KIND_STICKY'
  );
}
