/*
 * Places near me: asked for only when the button is pressed, worked out in this page, sent nowhere.
 */

const button = document.querySelector("[data-near]");
const said = document.querySelector("[data-near-said]");
const EARTH = 6_371_008.8; // metres, mean radius

const away = (latitude, longitude, place) => {
  const rad = Math.PI / 180;
  const north = place.dataset.latitude / 1e6;
  const east = place.dataset.longitude / 1e6;
  const half =
    Math.sin(((north - latitude) * rad) / 2) ** 2 +
    Math.cos(latitude * rad) * Math.cos(north * rad) * Math.sin(((east - longitude) * rad) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.sqrt(half));
};

const words = (metres) =>
  new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit: metres < 950 ? "meter" : "kilometer",
    maximumFractionDigits: metres < 9500 && metres >= 950 ? 1 : 0,
  }).format(metres < 950 ? Math.round(metres / 10) * 10 : metres / 1000);

const sort = ({ coords }) => {
  const list = document.querySelector(".places");
  const places = [...list.children].map((place) => ({
    place,
    metres: place.dataset.latitude === undefined ? Infinity : away(coords.latitude, coords.longitude, place),
  }));
  places.sort((one, other) => one.metres - other.metres);
  for (const { place, metres } of places) {
    list.append(place);
    const shown = place.querySelector("[data-away]");
    if (Number.isFinite(metres)) {
      shown.textContent = ` · ${words(metres)}`;
      shown.hidden = false;
    }
  }
  said.textContent = said.dataset.done;
};

button?.addEventListener("click", () => {
  const refused = () => (said.textContent = said.dataset.refused);
  if (!navigator.geolocation) return refused();
  navigator.geolocation.getCurrentPosition(sort, refused, { maximumAge: 60_000, timeout: 15_000 });
});
