/*
 * Keeps one page and what it needs, so that it opens without a network. The page comes from the network
 * when there is one; files have names that change with what is in them. A room renders it with its own
 * "kept" (how its caches are named), "version", "page" and "files".
 */
const KIND = "{{ kept|escapejs }}";
const KEPT = `${KIND}{{ version }}`;
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
      if (name.startsWith(KIND) && name !== KEPT) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

const page = async (request) => {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    // Signed out, the address leads to another page: that one is not kept in its place. Nor is one whose
    // address has a code in it: that is somebody's own business.
    const plain = !answer.redirected && !new URL(request.url).search;
    if (answer.ok && plain) await kept.put(PAGE, answer.clone());
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
