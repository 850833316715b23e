// A real OpenID Connect provider for tests: strict about PKCE, redirects and clients; who signs in is said beforehand.
//
//   node provider.mjs '{"port": 0, "redirect": "https://…", "logout": "https://…", "secret": "…"}'
//
// It prints its issuer once it listens. POST /control with JSON changes what it does next: `account` who signs in (with
// `claims`, `amr`, `acr`; after a page with a form, where it `asks`), `disable` an account, `rotate` the signing key,
// `logout` an account by the back channel, `redirect` people elsewhere, be `silent` at addresses that begin so. What it
// would have sent by the back channel is the answer, for a test's service may listen nowhere.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const asked = JSON.parse(process.argv[2]);
const accounts = new Map();
const disabled = new Set();
const cookies = [randomBytes(16).toString("hex")];
let next = { account: "one", amr: ["pwd"] };
let issuer = "";
let silent = "";
let sent = [];
let provider;
let handle;

function newKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: randomBytes(6).toString("hex") };
}

function begin(key) {
  provider = new Provider(issuer, {
    clients: [
      {
        client_id: "lapel",
        client_secret: asked.secret,
        redirect_uris: [asked.redirect],
        grant_types: ["authorization_code", "refresh_token"],
        backchannel_logout_uri: asked.logout,
        backchannel_logout_session_required: true,
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: cookies },
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    claims: { openid: ["sub", "acr", "amr", "sid"], profile: ["name", "preferred_username", "groups", "email"] },
    acrValues: ["urn:two"],
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    issueRefreshToken: (ctx, client) => client.grantTypeAllowed("refresh_token"),
    rotateRefreshToken: true,
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 7200, RefreshToken: 3600, Session: 3600, Grant: 3600, Interaction: 600 },
    fetch: async (url, options) => {
      sent.push(String(options.body));
      return new Response(null, { status: 200 });
    },
    findAccount: (ctx, id) =>
      disabled.has(id) ? undefined : { accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) },
  });
  handle = provider.callback();
}

async function interact(request, response) {
  const { prompt, params, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === "login" && next.asks && request.method === "GET") {
    return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(form(next.account));
  }
  const typed = request.method === "POST" ? new URLSearchParams(await body(request)) : undefined;
  if (typed?.has("refuse")) {
    const refusal = { error: "access_denied", error_description: "They would rather not." };
    return provider.interactionFinished(request, response, refusal, { mergeWithLastSubmission: false });
  }
  if (prompt.name === "login") {
    const login = { accountId: next.account, amr: next.amr, acr: next.acr };
    return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
  }
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: next.account, clientId: params.client_id });
  grant.addOIDCScope("openid profile offline_access");
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

const form = (account) => `<!doctype html><html lang="en"><title>Who are you?</title>
  <form method="post"><h1>Who are you?</h1><label>Account <input name="account" value="${account}"></label>
  <button>Go on</button><button name="refuse" value="yes">Rather not</button></form>`;

async function body(request) {
  let text = "";
  for await (const part of request) text += part;
  return text;
}

async function control(request, response) {
  const wanted = JSON.parse(await body(request));
  sent = [];
  silent = wanted.silent ?? silent;
  if (wanted.redirect) {
    asked.redirect = wanted.redirect;
    begin(newKey());
  }
  if (wanted.account) {
    next = { account: wanted.account, amr: wanted.amr ?? ["pwd"], acr: wanted.acr, asks: wanted.asks };
    accounts.set(wanted.account, wanted.claims ?? {});
    disabled.delete(wanted.account);
  }
  if (wanted.disable) disabled.add(wanted.disable);
  if (wanted.rotate) begin(newKey());
  if (wanted.logout) {
    const client = await provider.Client.find("lapel");
    await client.backchannelLogout(wanted.logout, wanted.sid);
  }
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(sent));
}

const server = createServer((request, response) => {
  const answers = !silent || !request.url.startsWith(silent) || request.url.startsWith("/control");
  if (!answers) return request.socket.destroy();
  const answer = request.url.startsWith("/control")
    ? control(request, response)
    : request.url.startsWith("/interaction/")
      ? interact(request, response)
      : handle(request, response);
  Promise.resolve(answer).catch((error) => {
    process.stderr.write(`${error?.stack ?? error}\n`);
    if (!response.headersSent) response.writeHead(500).end();
  });
});
server.listen(asked.port, "127.0.0.1", () => {
  issuer = asked.issuer ?? `http://127.0.0.1:${server.address().port}`;
  begin(newKey());
  process.stdout.write(`${JSON.stringify({ issuer, port: server.address().port })}\n`);
});
