// ID tokens as Firebase Auth signs them, and a server that publishes the key.
import crypto from "node:crypto";
import http from "node:http";
import { promisify } from "node:util";
import { HOST } from "../dev/ports.mjs";

const sign = promisify(crypto.sign);
const KID = "bench";

export class Issuer {
  #projectId;
  #keys = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });

  constructor(projectId) {
    this.#projectId = projectId;
  }

  /** The public key, as an entry of a JWKS. */
  get jwk() {
    return { ...this.#keys.publicKey.export({ format: "jwk" }), kid: KID, alg: "RS256", use: "sig" };
  }

  /** Publishes the key on a free port; gives the URL and the server. */
  async serve() {
    const body = JSON.stringify({ keys: [this.jwk] });
    const server = http.createServer((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "cache-control": "public, max-age=21600" }).end(body);
    });
    await new Promise((resolve) => server.listen(0, HOST, resolve));
    return { url: `http://${HOST}:${server.address().port}/keys`, close: () => server.close() };
  }

  /** A token of somebody with a place in the hierarchy, good for an hour. */
  async token(uid, { role, branchId }) {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      name: uid,
      role,
      branchId,
      iss: `https://securetoken.google.com/${this.#projectId}`,
      aud: this.#projectId,
      auth_time: now - 60,
      user_id: uid,
      sub: uid,
      iat: now - 60,
      exp: now + 3540,
      email: `${uid}@bench.example`,
      email_verified: true,
      firebase: { identities: { email: [`${uid}@bench.example`] }, sign_in_provider: "password" },
    };
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const input = `${encode({ alg: "RS256", kid: KID, typ: "JWT" })}.${encode(claims)}`;
    // Asynchronous: the threads of Node's pool sign side by side.
    const signature = await sign("RSA-SHA256", Buffer.from(input), this.#keys.privateKey);
    return `${input}.${signature.toString("base64url")}`;
  }

  /** Tokens of as many people. */
  tokens(uids, place) {
    return Promise.all(uids.map((uid) => this.token(uid, place)));
  }
}
