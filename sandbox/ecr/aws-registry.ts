/**
 * The accounts that own AWS Deep Learning images, by Region. Everyone may pull from them; each Region has its own.
 * Source: "Available Deep Learning Containers images", AWS documentation.
 */
const ACCOUNTS: Readonly<Record<string, string>> = {
  'af-south-1': '626614931356',
  'ap-east-1': '871362719292',
  'ap-south-2': '772153158452',
  'ap-southeast-3': '907027046896',
  'ap-southeast-4': '457447274322',
  'ca-west-1': '204538143572',
  'eu-central-2': '380420809688',
  'eu-south-1': '692866216735',
  'eu-south-2': '503227376785',
  'il-central-1': '780543022126',
  'me-central-1': '914824155844',
  'me-south-1': '217643126080',
}

/** The Deep Learning registry of a Region; most Regions share one account id. */
export const deepLearningAccount = (region: string): string => ACCOUNTS[region] ?? '763104351884'
