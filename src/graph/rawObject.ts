/** The property of a node that has the JSON of its object as Okta sent it. */
export const RAW_OBJECT = { User: 'okta_raw_user_object', Group: 'okta_raw_group_object' } as const;
