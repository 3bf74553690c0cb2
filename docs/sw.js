// Offline: what was once visited is shown again without a network. A page is asked for anew first and shown from the store
// only where the network fails; what has a hash in its name never changes, and comes from the store at once.
const STORE = "cnn-notes-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  const lasting = /\.[0-9a-f]{8}\./.test(url.pathname);
  event.respondWith(lasting ? stored(event.request).then((hit) => hit ?? fetched(event.request)) : fresh(event.request));
});

const stored = (request) => caches.match(request, { ignoreSearch: true });

async function fetched(request) {
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(STORE)).put(request, answer.clone());
  return answer;
}

async function fresh(request) {
  try {
    return await fetched(request);
  } catch (error) {
    const hit = await stored(request);
    if (hit) return hit;
    throw error;
  }
}
