/* A code that the camera reads is searched for at once. */

const form = document.getElementById("find");
const { watch } = await import(form.querySelector("[data-camera]").dataset.camera);
await watch(form, (text) => {
  form.elements.q.value = text;
  form.requestSubmit();
});
