import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, type LookupFunction } from 'node:net';

/** Address ranges without public hosts, from IANA's registries of special-purpose addresses (RFC 6890). */
const SPECIAL = {
  ipv4: [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/4',
    '240.0.0.0/4',
  ],
  ipv6: [
    '::/96',
    '64:ff9b:1::/48',
    '100::/64',
    '2001::/23',
    '2001:db8::/32',
    '2002::/16',
    '3fff::/20',
    '5f00::/16',
    'fc00::/7',
    'fe80::/10',
    'fec0::/10',
    'ff00::/8',
  ],
} as const;

/** DNS64 gives IPv4 hosts addresses in this range; the last 32 bits are the IPv4 address. */
const NAT64 = '64:ff9b::';

const special = new BlockList();
for (const family of ['ipv4', 'ipv6'] as const)
  for (const range of SPECIAL[family]) {
    const [network = '', bits = ''] = range.split('/');
    special.addSubnet(network, Number(bits), family);
    // The same hosts through NAT64; BlockList itself handles IPv4-mapped addresses.
    if (family === 'ipv4') special.addSubnet(NAT64 + network, 96 + Number(bits), 'ipv6');
  }

/** The only range of public IPv6 addresses assigned by IANA, and NAT64's range for public IPv4 addresses. */
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');
global.addSubnet(NAT64, 96, 'ipv6');
global.addSubnet('::ffff:0:0', 96, 'ipv6');

/**
 * Returns true for an address on the public internet: not loopback, private, link-local, shared, multicast or otherwise
 * special.
 */
export function isPublicAddress({ address, family }: LookupAddress): boolean {
  const [bare = ''] = address.split('%');
  if (special.check(bare, family === 6 ? 'ipv6' : 'ipv4')) return false;
  return family !== 6 || global.check(bare, 'ipv6');
}

/** Resolves a name to all its addresses. */
type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Returns a `lookup` for connections to `host` that fails if any of its addresses is not public. Its result is what the
 * connection uses, so the name cannot resolve to other addresses after a check. Other names, such as a proxy's, are
 * allowed.
 */
export function publicLookup(host: string, resolve: Resolve = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return callback(error ?? failure('ENOTFOUND', hostname), '', 0);
      if (hostname === host && !addresses.every(isPublicAddress))
        return callback(failure('EPRIVATE', hostname), '', 0);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function failure(code: string, hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code} ${hostname}`), { code });
}
