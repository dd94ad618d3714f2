// What every test here stands on: one system and one browser for a file, and visits to the console that are watched. A test
// fails for what went wrong behind the page too: an error on the console, a rejection nobody handled, an answer of 500.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test, { after, before } from "node:test";
import { PASSWORD, PEOPLE } from "../../dev/demo-data.mjs";
import { RUN_DIRECTORY } from "../../dev/paths.mjs";
import { launch } from "./chromium.mjs";
import { startSystem } from "./system.mjs";
import { recordTraffic } from "./traffic.mjs";

/** How long a page may take for one step: machines of a CI are slow, and nobody waits for it when all is well. */
const PATIENCE_MS = 30_000;

const DEVICES = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desk: { viewport: { width: 1280, height: 800 } },
};

/** A demo person by the first part of the email: `person("siti")`. */
export function person(name) {
  return PEOPLE.find(({ email }) => email === `${name}@demo.example`);
}

let system;
let browser;

/** To be called once in a test file, before its scenarios; `prepare(system)` brings what all of them find. */
export function setTheStage(prepare = async () => {}) {
  before(async () => {
    [system, browser] = await Promise.all([startSystem(), launch()]);
    await prepare(system);
  });
  after(async () => {
    await browser?.close();
    await system?.stop();
  });
}

/** A test of pages: `play({ system, visit })`. What fails leaves a picture of each page in .run/browser. */
export function scenario(name, play) {
  test(name, { timeout: 10 * PATIENCE_MS }, async () => {
    const visits = [];
    const visit = async (options) => {
      const made = await openVisit(options);
      visits.push(made);
      return made;
    };
    try {
      await play({ system, visit });
      for (const { faults } of visits) assert.deepEqual(faults(), [], "what went wrong behind the page");
    } catch (error) {
      await keepPictures(name, visits, error);
      throw error;
    } finally {
      for (const { context } of visits) await context.close();
    }
  });
}

async function keepPictures(name, visits, error) {
  const directory = path.join(RUN_DIRECTORY, "browser");
  fs.mkdirSync(directory, { recursive: true });
  for (const [i, { page, faults }] of visits.entries()) {
    const file = path.join(directory, `${name.replaceAll(/[^a-z0-9]+/gi, "-")}-${i}`);
    await page.screenshot({ path: `${file}.png` }).catch(() => {});
    const text = await page.locator("body").innerText({ timeout: 1000 }).catch(() => "");
    error.message += `\n\nThe page (${page.url()}; picture: ${file}.png):\n${text}\n${faults().join("\n")}`;
  }
}

/**
 * `device`: phone or desk; `scheme`: light or dark; `as`: whom to sign in; `at`: the first path; `clock`: whether the page's
 * time can be moved on (page.clock).
 */
async function openVisit({ device = "desk", scheme = "light", as, at = "/", clock = false } = {}) {
  const context = await browser.newContext({ ...DEVICES[device], colorScheme: scheme, reducedMotion: "reduce", locale: "id-ID", timezoneId: "Asia/Jakarta" });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const watch = watchFaults(page);
  const traffic = await recordTraffic(page);
  if (clock) await page.clock.install();
  await page.goto(system.url + at);
  const visit = { page, context, device, scheme, ...watch, ...traffic };
  if (as) await signIn(page, as);
  return visit;
}

/** Through the form, as anybody does. */
export async function signIn(page, { email, name }, password = PASSWORD) {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Kata sandi").fill(password);
  await page.getByRole("button", { name: "Masuk", exact: true }).click();
  await page.getByRole("button", { name }).waitFor();
}

/** With which Firestore's SDK asks, once a connection broke, whether there is an internet at all. */
const PROBE = "https://www.google.com/images/cleardot.gif";

function watchFaults(page) {
  const seen = [];
  const expected = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.hostname !== "127.0.0.1" && !url.href.startsWith(PROBE)) seen.push(`asks another machine: ${url}`);
  });
  page.on("pageerror", (error) => seen.push(`error: ${error.stack ?? error}`));
  page.on("console", (message) => {
    const { url } = message.location();
    if (["error", "warning"].includes(message.type()) && !url.startsWith(PROBE) && !url.startsWith(`http://${system.at.graph}`)) seen.push(`console: ${message.text()} ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) seen.push(`answer: ${response.status()} ${response.url()}`);
  });
  return {
    /** Says beforehand what belongs to the test, such as the 400 of a wrong password. */
    expect: (pattern) => expected.push(pattern),
    faults: () => seen.filter((fault) => !expected.some((pattern) => pattern.test(fault))),
  };
}
