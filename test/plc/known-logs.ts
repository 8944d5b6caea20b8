// Two audit logs of the public directory, as anybody can fetch them from it: the first operations of bsky.app, and one that began in the form of 2022.

const service = { atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint: 'https://bsky.social' } }
const first = 'did:key:zQ3shhCGUqDKjStzuDxPkTxN6ujddP4RkEKJJouJGRRkaLGbg'
const second = 'did:key:zQ3shpKnbdPx3g3CmPf5cRVTPe1HtSwVn5ish3wSnDPQCbLJK'
const shared = 'did:key:zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF'
const own = 'did:key:zQ3shP5TBe1sQfSttXty15FAEHV1DZgcxRZNxvEWnPfLFwLxJ'

const operation = (sig: string, prev: string | null, name: string, rotationKeys: string[], atproto: string) => ({
  sig,
  prev,
  type: 'plc_operation',
  services: service,
  alsoKnownAs: [`at://${name}`],
  rotationKeys,
  verificationMethods: { atproto },
})

export type KnownLog = {
  readonly did: string
  readonly entries: readonly { readonly operation: unknown; readonly cid: string; readonly createdAt: string }[]
}

export const bskyApp: KnownLog = {
  did: 'did:plc:z72i7hdynmk6r22z27h6tvur',
  entries: [
    {
      operation: operation(
        '9NuYV7AqwHVTc0YuWzNV3CJafsSZWH7qCxHRUIP2xWlB-YexXC1OaYAnUayiCXLVzRQ8WBXIqF-SvZdNalwcjA',
        null,
        'bluesky-team.bsky.social',
        [first, second],
        shared,
      ),
      cid: 'bafyreigp6shzy6dlcxuowwoxz7u5nemdrkad2my5zwzpwilcnhih7bw6zm',
      createdAt: '2023-04-12T04:53:57.057Z',
    },
    {
      operation: operation(
        '1mEWzRtFOgeRXH-YCSPTxb990JOXxa__n8Qw6BOKl7Ndm6OFFmwYKiiMqMCpAbxpnGjF5abfIsKc7u3a77Cbnw',
        'bafyreigp6shzy6dlcxuowwoxz7u5nemdrkad2my5zwzpwilcnhih7bw6zm',
        'bsky.app',
        [first, second],
        shared,
      ),
      cid: 'bafyreihmuvr3frdvd6vmdhucih277prdcfcezf67lasg5oekxoimnunjoq',
      createdAt: '2023-04-12T17:26:46.468Z',
    },
  ],
}

export const legacy: KnownLog = {
  did: 'did:plc:yk4dd2qkboz2yv6tpubpc6co',
  entries: [
    {
      operation: {
        sig: '7QTzqO1BcL3eDzP4P_YBxMmv5U4brHzAItkM9w5o8gZA7ElZkrVYEwsfQCfk5EoWLk58Z1y6fyNP9x1pthJnlw',
        prev: null,
        type: 'create',
        handle: 'dan.bsky.social',
        service: 'https://bsky.social',
        signingKey: own,
        recoveryKey: first,
      },
      cid: 'bafyreigcxay6ucqlwowfpu35alyxqtv3c4vsj7gmdtmnidsnqs6nblyarq',
      createdAt: '2022-11-17T01:07:13.996Z',
    },
    {
      operation: operation(
        'n-VWsPZY4xkFN8wlg-kJBU_yzWTNd2oBnbjkjxXu3HdjbBLaEB7K39JHIPn_DZVALKRjts6bUicjSEecZy8eIw',
        'bafyreigcxay6ucqlwowfpu35alyxqtv3c4vsj7gmdtmnidsnqs6nblyarq',
        'dholms.xyz',
        [first, own],
        own,
      ),
      cid: 'bafyreiho5sanautvnw3det66jcwic4vkeabc35y7iou3ygwj2l3xqcxdau',
      createdAt: '2023-03-06T18:47:09.501Z',
    },
    {
      operation: operation(
        'HWgrfQXxUN3mhR5TR-nrwGJwVr9RDbyDn6eCmqBg32x2zIjhe98YxOtFOLI9jQkBlTTzqzUOwJh1KZd4O2pDOw',
        'bafyreiho5sanautvnw3det66jcwic4vkeabc35y7iou3ygwj2l3xqcxdau',
        'dholms.bsky.social',
        [first, own],
        own,
      ),
      cid: 'bafyreic3am2nmgykxtwsxwigzn6faibxv5ef5kalcv7li3eatcqldcqrku',
      createdAt: '2023-03-06T19:50:49.987Z',
    },
  ],
}
