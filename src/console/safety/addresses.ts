import { BlockList, isIP } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** A list of IP addresses and CIDR blocks. */
export class AddressList {
  private readonly list = new BlockList();

  /** Adds `10.0.0.7`, `10.0.0.0/24` or `2001:db8::/32`. @returns false if it is none of these, or a block of everything. */
  add(entry: string): boolean {
    const [address = '', length, ...rest] = entry.split('/');
    const version = isIP(address);
    if (version === 0 || rest.length > 0) return false;
    const family = version === 6 ? 'ipv6' : 'ipv4';
    if (length === undefined) this.list.addAddress(address, family);
    else if (/^[1-9]\d{0,2}$/.test(length) && Number(length) <= (version === 6 ? 128 : 32))
      this.list.addSubnet(address, Number(length), family);
    else return false;
    return true;
  }

  has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.list.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }
}

/** The address that a connection comes from. */
export function addressOf(c: Context): string {
  return withoutMapping(getConnInfo(c).remote.address ?? '');
}

/**
 * The address of the client. Behind a proxy in `proxies` it is the last entry of `X-Forwarded-For` that is not a proxy of
 * that list itself: the proxies have appended those. The entries before it are whatever the client sent. From anywhere
 * else the header is ignored.
 */
export function clientAddress(c: Context, proxies: AddressList): string {
  const address = addressOf(c);
  if (!proxies.has(address)) return address;
  const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map(hopAddress);
  const client = hops.findLast((hop) => !proxies.has(hop)) ?? '';
  return isIP(client) === 0 ? address : client;
}

/** Some proxies add the port. */
function hopAddress(hop: string): string {
  const text = hop.trim();
  const [, bare = text] = /^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text)?.filter(Boolean) ?? [];
  return withoutMapping(bare);
}

/** Whose address it is: an IPv4 address itself, the /64 of an IPv6 one, since a single host usually has a whole /64. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [withoutZone = ''] = address.split('%');
  const [head = '', tail = ''] = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1).split('::');
  const [first, last] = [head, tail].map((groups) => groups.split(':').filter(Boolean)) as [
    string[],
    string[],
  ];
  const zeros = new Array<string>(8 - first.length - last.length).fill('0');
  return `${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}

/** Node shows an IPv4 client of a socket that listens on IPv6 as `::ffff:192.0.2.1`. */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=[\d.]+$)/i, '');
}
