/** Words for the names and attributes of people and groups. */

export const FIRST_NAMES =
  `Aaliyah Adam Agnieszka Ahmed Aiko Alejandro Alexandra Amara Amir Ana Anders Andrea Anjali Antoine Arjun Astrid Beatriz Benjamin
  Bogdan Camille Carlos Chiara Chloe Chukwuemeka Daniel Deepak Diego Dmitri Elena Elif Emily Emma Fatima Felix Fernanda
  Francesca Gabriel Giulia Grace Hanna Hans Haruto Hassan Helena Hiroshi Ibrahim Ingrid Isabella Ivan Jack Jakub James
  Jasmine Javier Ji-woo Joana Johan José Julia Kai Karim Katarzyna Kenji Kofi Lars Laura Leila Liam Lin Lucas Lukas Luís
  Mackenzie Mads Magdalena Marco Maria Marie Mateo Matthias Mei Mia Michael Mohammed Nadia Naomi Natalia Niamh Nikolai Noah
  Nora Olivia Olumide Omar Paolo Patrick Pedro Priya Rachel Rafael Rania Ravi Renée Robert Rosa Sam Samira Sanjay Sara
  Sebastian Siobhán Sofia Sven Tariq Thandiwe Thomas Tomás Uchenna Valentina Viktor William Xin Yasmin Yuki Yusuf Zanele Zoë`.split(
    /\s+/,
  );

export const LAST_NAMES =
  `Abebe Adeyemi Ahmed Ali Almeida Andersen Andersson Baker Bauer Becker Bernard Bianchi Brown Carvalho Castillo Chen Chowdhury Clark
  Cohen Collins Costa Cruz Davies Delgado Diaz Dubois Durand Eriksson Evans Fernández Ferrari Fischer Fontaine Fraser Garcia Ghosh Gomez
  González Greene Gupta Haddad Hall Hansen Harris Hernández Hoffmann Horváth Hughes Hussein Ito Ivanov Jackson Jansen Johansson
  Johnson Jones Joshi Kaplan Kaur Kelly Khan Kim Kobayashi Kowalski Kumar Larsen Lebedev Lee Lefebvre Lewis Li Lindqvist
  López Martin Martínez Mbeki Mehta Meyer Miller Mitchell Moreau Moreno Morris Müller Murphy Nakamura Ndlovu Nguyen Nielsen Novák
  O'Brien O'Connor Okafor Olsen Osei Owusu Papadopoulos Park Patel Pereira Petrov Popescu Quinn Ramos Rao Reyes Ricci Rivera Roberts
  Rodríguez Romano Rossi Russo Said Saito Sánchez Santos Sato Schmidt Schneider Sharma Silva Singh Smith Sokolov Suzuki Takahashi Tanaka
  Taylor Thompson Torres Tran Van-der-Berg Vargas Virtanen Wagner Walker Wang Weber White Williams Wilson Wright Wu Yamamoto Yılmaz
  Young Zhang Zimmermann`.split(/\s+/);

export const DEPARTMENTS = [
  { name: 'Engineering', division: 'Product and Technology', share: 28, work: 'Software Engineer' },
  { name: 'Sales', division: 'Go to Market', share: 18, work: 'Account Executive' },
  { name: 'Customer Support', division: 'Operations', share: 14, work: 'Support Specialist' },
  { name: 'Operations', division: 'Operations', share: 9, work: 'Operations Analyst' },
  { name: 'Marketing', division: 'Go to Market', share: 7, work: 'Marketing Manager' },
  { name: 'Product', division: 'Product and Technology', share: 6, work: 'Product Manager' },
  {
    name: 'Information Technology',
    division: 'Product and Technology',
    share: 5,
    work: 'Systems Administrator',
  },
  { name: 'Finance', division: 'Corporate', share: 5, work: 'Financial Analyst' },
  { name: 'Human Resources', division: 'Corporate', share: 4, work: 'People Partner' },
  { name: 'Legal', division: 'Corporate', share: 2, work: 'Counsel' },
  { name: 'Security', division: 'Product and Technology', share: 2, work: 'Security Engineer' },
] as const;

export const LEVELS = ['', '', '', 'Senior ', 'Senior ', 'Lead ', 'Principal ', 'Associate '] as const;

export const OFFICES = [
  {
    city: 'Berlin',
    state: 'BE',
    zip: '10115',
    country: 'DE',
    locale: 'de_DE',
    language: 'de',
    timezone: 'Europe/Berlin',
    dial: '+49 30',
  },
  {
    city: 'Chicago',
    state: 'IL',
    zip: '60601',
    country: 'US',
    locale: 'en_US',
    language: 'en',
    timezone: 'America/Chicago',
    dial: '+1 312',
  },
  {
    city: 'Dublin',
    state: 'L',
    zip: 'D02 AF30',
    country: 'IE',
    locale: 'en_IE',
    language: 'en',
    timezone: 'Europe/Dublin',
    dial: '+353 1',
  },
  {
    city: 'Lisboa',
    state: '11',
    zip: '1100-148',
    country: 'PT',
    locale: 'pt_PT',
    language: 'pt',
    timezone: 'Europe/Lisbon',
    dial: '+351 21',
  },
  {
    city: 'Bengaluru',
    state: 'KA',
    zip: '560001',
    country: 'IN',
    locale: 'en_IN',
    language: 'en',
    timezone: 'Asia/Kolkata',
    dial: '+91 80',
  },
  {
    city: 'São Paulo',
    state: 'SP',
    zip: '01310-100',
    country: 'BR',
    locale: 'pt_BR',
    language: 'pt',
    timezone: 'America/Sao_Paulo',
    dial: '+55 11',
  },
  {
    city: 'Tōkyō',
    state: '13',
    zip: '100-0001',
    country: 'JP',
    locale: 'ja_JP',
    language: 'ja',
    timezone: 'Asia/Tokyo',
    dial: '+81 3',
  },
  {
    city: 'New York',
    state: 'NY',
    zip: '10001',
    country: 'US',
    locale: 'en_US',
    language: 'en',
    timezone: 'America/New_York',
    dial: '+1 212',
  },
] as const;

export const ORGANIZATIONS = [
  'Acme Inc.',
  'Acme Inc.',
  'Acme Europe GmbH',
  'Acme India Pvt. Ltd.',
  'Acme Labs',
] as const;

export const USER_TYPES = [
  'Employee',
  'Employee',
  'Employee',
  'Employee',
  'Contractor',
  'Intern',
  'Service Account',
] as const;

export const SKILLS = [
  'typescript',
  'kubernetes',
  'negotiation',
  'sql',
  'français',
  'public speaking',
  'forensics',
  'design',
] as const;

export const APPLICATIONS = [
  'github',
  'salesforce',
  'slack',
  'zoom',
  'jira',
  'workday',
  'aws',
  'snowflake',
  'datadog',
  'figma',
] as const;

export const ACCESS = ['users', 'admins', 'readonly', 'contractors', 'oncall', 'beta'] as const;
