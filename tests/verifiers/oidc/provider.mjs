// oidc-provider (panva, certified by the OpenID Foundation), as an organisation might run it, for one client: the console of a test.
// Its own development pages let anybody in under any name; the name says how sure it is who they are, and in which role.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import Provider from 'oidc-provider';

const { port, folder, certificate, key, client, secret, redirect, organisation } = JSON.parse(process.argv[2]);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signs = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'rsa-1' };

const provider = new Provider(`https://localhost:${port}`, {
  clients: [{
    client_id: client,
    client_secret: secret,
    redirect_uris: [redirect],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'client_secret_basic',
  }],
  jwks: { keys: [signs] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  acrValues: ['low', 'substantial', 'high'],
  claims: { acr: null, auth_time: null, iss: null, openid: ['sub'], profile: ['name', 'role', 'organisation'] },
  features: { devInteractions: { enabled: true }, claimsParameter: { enabled: true } },
  pkce: { required: () => true },
  // A login is `role.level`, as `privacy-officer.substantial`.
  findAccount: (_, login) => ({
    accountId: login,
    claims: () => ({ sub: login, name: 'Testfunctionaris', role: [login.split('.')[0]], organisation }),
  }),
});

// The development pages say nothing of a second factor; here the login does.
const finished = provider.interactionFinished.bind(provider);
provider.interactionFinished = (request, response, result, options) => {
  if (result.login) result.login.acr = result.login.accountId.split('.')[1];
  return finished(request, response, result, options);
};

const read = (name) => readFileSync(`${folder}/${name}`);
createServer({ cert: read(certificate), key: read(key) }, provider.callback())
  .listen(port, '127.0.0.1', () => console.log('listening'));
