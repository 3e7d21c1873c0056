/* On a narrow screen the row of steps scrolls: the step that is open is brought into sight. */

for (const current of document.querySelectorAll(".tabs [aria-current]")) {
  const row = current.closest(".tabs");
  row.scrollLeft += current.getBoundingClientRect().left - row.getBoundingClientRect().left - 24;
}
