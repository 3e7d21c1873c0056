/*
 * Keeps the scanning page and what it needs, so that it opens without a network. Pages come from the
 * network when there is one; files have names that change with what is in them.
 */
const KEPT = "consigne-{{ version }}";
const PAGE = "{{ page|escapejs }}";
const FILES = [{% for file in files %}"{{ file|escapejs }}", {% endfor %}];

self.addEventListener("install", (event) => {
  const fill = async () => {
    const kept = await caches.open(KEPT);
    await kept.addAll(FILES);
    await kept.add(new Request(PAGE, { credentials: "same-origin", cache: "reload" }));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("consigne-") && name !== KEPT) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

const page = async (request) => {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    // Only the plain page is kept: an address with a code in it is somebody's own business.
    if (answer.ok && !new URL(request.url).search) await kept.put(PAGE, answer.clone());
    return answer;
  } catch {
    return (await kept.match(PAGE)) ?? Response.error();
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (pathname === PAGE) event.respondWith(page(request));
  } else if (FILES.includes(pathname)) {
    event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept ?? fetch(request)));
  }
});
