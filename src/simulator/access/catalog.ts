/** The definition of an app in Okta's catalog. */
export interface AppDefinition {
  /** The key of the definition, which Okta calls `name`. */
  readonly name: string;
  readonly label: string;
  readonly signOnMode: string;
  readonly features: readonly string[];
}

const PROVISIONING = ['PUSH_NEW_USERS', 'PUSH_USER_DEACTIVATION', 'PUSH_PROFILE_UPDATES'];

/** The directory that groups of type APP_GROUP come from. */
export const DIRECTORY: AppDefinition = {
  name: 'active_directory',
  label: 'acme.example',
  signOnMode: 'AUTO_LOGIN',
  features: ['IMPORT_NEW_USERS', 'IMPORT_PROFILE_UPDATES', 'PROFILE_MASTERING'],
};

/** The label of an app that churn does not rename, so that examples can name it. */
export const LASTING_LABEL = 'Salesforce';

export const CATALOG: readonly AppDefinition[] = [
  { name: 'google', label: 'Google Workspace', signOnMode: 'SAML_2_0', features: PROVISIONING },
  { name: 'slack', label: 'Slack', signOnMode: 'SAML_2_0', features: PROVISIONING },
  { name: 'salesforce', label: LASTING_LABEL, signOnMode: 'SAML_2_0', features: PROVISIONING },
  { name: 'oidc_client', label: 'Acme Portal', signOnMode: 'OPENID_CONNECT', features: [] },
  { name: 'office365', label: 'Microsoft Office 365', signOnMode: 'WS_FEDERATION', features: PROVISIONING },
  { name: 'bookmark', label: 'Lunch Menu', signOnMode: 'BOOKMARK', features: [] },
  {
    name: 'amazon_aws',
    label: 'AWS Account Federation',
    signOnMode: 'SAML_2_0',
    features: ['IMPORT_NEW_USERS'],
  },
  { name: 'template_swa', label: 'Travel Agency', signOnMode: 'BROWSER_PLUGIN', features: [] },
  { name: 'zoomus', label: 'Zoom', signOnMode: 'SAML_2_0', features: PROVISIONING },
  { name: 'oidc_client', label: 'Release Dashboard', signOnMode: 'OPENID_CONNECT', features: [] },
  {
    name: 'workday',
    label: 'Workday',
    signOnMode: 'SAML_2_0',
    features: ['IMPORT_NEW_USERS', 'PROFILE_MASTERING'],
  },
  { name: 'acme_intranet_1', label: 'Intranet', signOnMode: 'SAML_2_0', features: [] },
  { name: 'template_sps', label: 'Parcel Tracking', signOnMode: 'SECURE_PASSWORD_STORE', features: [] },
  { name: 'datadog', label: 'Datadog', signOnMode: 'SAML_2_0', features: [] },
  { name: 'githubcloud', label: 'GitHub Enterprise Cloud', signOnMode: 'SAML_2_0', features: PROVISIONING },
  { name: 'template_basic_auth', label: 'Legacy Reports', signOnMode: 'BASIC_AUTH', features: [] },
];
