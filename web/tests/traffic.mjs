// Everything that a page received, also what is still coming in: Firestore's listeners are answers without an end, which
// Playwright's `response.body()` would wait for. So it is read from the browser's own network events, piece by piece.

/** Begins to record. `received()` gives all bodies so far, each with the address it came from. */
export async function recordTraffic(page) {
  const devtools = await page.context().newCDPSession(page);
  const bodies = new Map(); // request id -> {url, chunks}
  const pending = new Set();

  devtools.on("Network.responseReceived", ({ requestId, response }) => {
    const body = { url: response.url, chunks: [] };
    bodies.set(requestId, body);
    const opening = devtools
      .send("Network.streamResourceContent", { requestId })
      .then(({ bufferedData }) => {
        body.chunks.unshift(Buffer.from(bufferedData, "base64"));
      })
      .catch(async () => {
        // It was over before it could be followed: then the browser still has the whole of it.
        const { body: text, base64Encoded } = await devtools.send("Network.getResponseBody", { requestId });
        body.chunks = [Buffer.from(text, base64Encoded ? "base64" : "utf8")];
      })
      .catch((error) => body.chunks.push(Buffer.from(`(not readable: ${error.message})`)))
      .finally(() => pending.delete(opening));
    pending.add(opening);
  });
  devtools.on("Network.dataReceived", ({ requestId, data }) => {
    if (data) bodies.get(requestId)?.chunks.push(Buffer.from(data, "base64"));
  });
  await devtools.send("Network.enable", { maxTotalBufferSize: 100_000_000, maxResourceBufferSize: 20_000_000 });

  return {
    async received() {
      await Promise.all(pending);
      return [...bodies.values()].map(({ url, chunks }) => ({ url, text: Buffer.concat(chunks).toString("utf8") }));
    },
  };
}
