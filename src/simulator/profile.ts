import { oktaId } from './ids';
import type { JsonObject } from './json';
import { Random } from './random';
import type { UserRecord } from './userRecord';
import {
  DEPARTMENTS,
  FIRST_NAMES,
  LAST_NAMES,
  LEVELS,
  OFFICES,
  ORGANIZATIONS,
  SKILLS,
  USER_TYPES,
} from './vocabulary';

export const MAIL_DOMAIN = 'acme.example';

const PROFILE_STREAM = 21;
/** Number of direct reports of a manager. */
const REPORTS = 8;

/** Returns the generated profile of an index, about 35 attributes. */
export function seedProfile(seed: number, index: number): JsonObject {
  const random = new Random(seed, PROFILE_STREAM, index);
  const { firstName, lastName } = drawName(random);
  const login = loginOf(firstName, lastName, index);
  const department = drawDepartment(random);
  const office = random.pick(OFFICES);
  const number = (100_000 + index).toString();
  const managerIndex = Math.floor((index - 1) / REPORTS);
  const manager = index === 0 ? undefined : drawName(new Random(seed, PROFILE_STREAM, managerIndex));
  const street = `${random.between(1, 240)} ${random.pick(LAST_NAMES)} Street`;
  return {
    firstName,
    lastName,
    displayName: `${firstName} ${lastName}`,
    nickName: random.chance(0.2) ? firstName.slice(0, 3) : null,
    middleName: null,
    honorificPrefix: null,
    login,
    email: login,
    secondEmail: random.chance(0.4) ? `${asciiOf(firstName)}.${number}@mail.example` : null,
    mobilePhone: random.chance(0.8) ? `${office.dial} ${random.between(1_000_000, 9_999_999)}` : null,
    primaryPhone: `${office.dial} ${random.between(1_000_000, 9_999_999)}`,
    title: index === 0 ? 'Chief Executive Officer' : `${random.pick(LEVELS)}${department.work}`,
    department: department.name,
    division: department.division,
    organization: random.pick(ORGANIZATIONS),
    costCenter: `CC-${random.between(100, 999)}`,
    employeeNumber: number,
    userType: random.pick(USER_TYPES),
    ...(manager && {
      manager: `${manager.firstName} ${manager.lastName}`,
      managerId: oktaId('00u', seed, managerIndex),
    }),
    streetAddress: street,
    city: office.city,
    state: office.state,
    zipCode: office.zip,
    countryCode: office.country,
    postalAddress: `${street}, ${office.zip} ${office.city}, ${office.country}`,
    preferredLanguage: office.language,
    locale: office.locale,
    timezone: office.timezone,
    startDate: `20${random.between(10, 25)}-0${random.between(1, 9)}-${random.between(10, 28)}`,
    skills: [random.pick(SKILLS), random.pick(SKILLS)],
    badgeNumbers: [random.below(100_000), random.below(100_000)],
    officeFloor: random.chance(0.5) ? random.between(1, 30) : null,
    remote: random.chance(0.3),
    securityTrainingScore: Math.round(random.next() * 1000) / 10,
    githubUsername: `${asciiOf(firstName)}-${asciiOf(lastName)}-${index}`,
  };
}

/** Returns the profile with its changes. Removed attributes are absent. */
export function profileOf(record: Pick<UserRecord, 'index' | 'changes'>, seed: number): JsonObject {
  const profile = seedProfile(seed, record.index);
  if (!record.changes) return profile;
  const changed = Object.entries({ ...profile, ...record.changes });
  return Object.fromEntries(changed.filter(([, value]) => value !== undefined)) as JsonObject;
}

function drawName(random: Random): { firstName: string; lastName: string } {
  return { firstName: random.pick(FIRST_NAMES), lastName: random.pick(LAST_NAMES) };
}

/** Returns a login that is unique, as Okta requires, because it contains the index. */
function loginOf(firstName: string, lastName: string, index: number): string {
  return `${asciiOf(firstName)}.${asciiOf(lastName)}.${index}@${MAIL_DOMAIN}`;
}

const ASCII = new Map<string, string>();

/** Cached, because normalization takes longer than the rest of a profile. */
function asciiOf(name: string): string {
  let ascii = ASCII.get(name);
  if (ascii === undefined) {
    ascii = name
      .normalize('NFD')
      .replace(/ı/g, 'i')
      .replace(/[^A-Za-z]/g, '')
      .toLowerCase();
    ASCII.set(name, ascii);
  }
  return ascii;
}

const DEPARTMENT_SLOTS = DEPARTMENTS.flatMap((department) =>
  Array.from({ length: department.share }, () => department),
);

function drawDepartment(random: Random): (typeof DEPARTMENTS)[number] {
  return random.pick(DEPARTMENT_SLOTS);
}
