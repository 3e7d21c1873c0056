/*
 * The weighing screen: the number pad writes into the weight, plus and minus change the pieces. The
 * weight has the focus, so that a scale that types and ends with Enter sends the form.
 */

const field = (name) => document.querySelector(`#weighing [name="${name}"]`);

const ready = () => {
  for (const pad of document.querySelectorAll("#weighing [data-pad]")) pad.hidden = false;
  const weight = field("weight");
  if (weight) {
    weight.inputMode = "none"; // the number pad is on the page: no keyboard over it
    weight.focus();
  } else document.querySelector("#weighing [data-main]")?.focus();
};

document.addEventListener("click", ({ target }) => {
  const button = target.closest("#weighing button");
  if (!button) return;
  const { digit, step, back } = button.dataset;
  const weight = field("weight");
  if (digit !== undefined && weight) weight.value += digit;
  if (back !== undefined && weight) weight.value = weight.value.slice(0, -1);
  if (step !== undefined) {
    const given = field("given");
    given.value = Math.max(0, Math.min(Number(given.max || 9999), Number(given.value || 0) + Number(step)));
  }
  if (weight && (digit !== undefined || back !== undefined)) weight.focus();
});

new MutationObserver((changes) => {
  if (changes.some((change) => [...change.addedNodes].some((node) => node.id === "weighing"))) ready();
}).observe(document.querySelector("#weighing").parentElement, { childList: true });
ready();
