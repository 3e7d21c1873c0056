/* The stall: a touch on a product adds a piece; the sum is shown as it grows. */

const root = document.getElementById("stall");
const lang = document.documentElement.lang;
const money = (cents) => new Intl.NumberFormat(lang, { style: "currency", currency: "EUR" }).format(cents / 100);
const grams = (text) => {
  const match = /^\s*(\d+)(?:[.,](\d{0,4}))?\s*(k?g)?\s*$/i.exec(text);
  if (!match) return 0;
  const [, whole, rest, unit] = match;
  if (unit?.toLowerCase() === "g" || (rest === undefined && !unit)) return Number(whole);
  return Math.round(Number(`${whole}.${rest || 0}`) * 1000);
};

const sum = () => {
  let total = 0;
  for (const good of root.querySelectorAll("[data-price]")) {
    const many = Number(good.querySelector("[data-quantity]").value || 0);
    const weight = good.querySelector("[data-weight]");
    const price = Number(good.dataset.price);
    total += many ? (weight ? Math.floor((price * grams(weight.value) + 500) / 1000) : price * many) : 0;
    good.classList.toggle("chosen", many > 0);
  }
  root.querySelector("[data-sum]").textContent = money(total);
};

root.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-add]");
  if (!button) return;
  const field = button.closest("[data-price]").querySelector("[data-quantity]");
  const most = Number(field.max || 9999);
  field.value = Math.max(0, Math.min(most, Number(field.value || 0) + Number(button.dataset.add)));
  sum();
});
root.addEventListener("input", sum);
for (const part of root.querySelectorAll("[data-script]")) part.hidden = false;
sum();
