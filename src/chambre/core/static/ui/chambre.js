/*
 * Small comforts. Every page works without this file.
 */

// Only one menu open at a time, closed by Escape, by a click elsewhere and by leaving it.
const menus = () => document.querySelectorAll("details.drop[open], details.menu-phone[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  }
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.drop[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

// After a refused form, the summary of what needs mending is where reading goes on.
const announce = (root) => root.querySelector?.(".error-summary")?.focus();
announce(document);
document.addEventListener("htmx:after:swap", (event) => announce(event.target));

// A form is not sent twice by an impatient second press. (The server holds its own key as well.)
const unlock = (form) => delete form.dataset.sent;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(unlock, 15000, form);
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(unlock));

// Buttons that only make sense with a script.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
    button.dataset.done = "yes";
  });
}

// What needs a script is offered only where scripts run.
for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;

// A passkey that failed: say so beside the form instead of only on the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const trouble = document.getElementById("passkey-trouble");
  if (!trouble) return;
  document.getElementById("content").querySelector(".page-head")?.after(trouble);
  trouble.hidden = false;
});
