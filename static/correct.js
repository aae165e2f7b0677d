// Corrections without a new page: the comment alone is read again. Without this, the page comes back to its place.
document.addEventListener("submit", async (event) => {
  const form = event.target
  if (!form.matches("form.correct")) return
  event.preventDefault()
  const { name, value } = event.submitter
  const here = form.closest(".comment")
  const body = new URLSearchParams(new FormData(form))
  body.set(name, value)
  const alone = `${form.action.split("?")[0]}?response=${here.dataset.response}`
  const answer = await fetch(alone, { method: "POST", body }).catch(() => null)
  const found = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(here.id)
  const field = form.querySelector("input[list]")
  if (answer?.status === 422 && field) return say(field, await answer.text())
  if (!found) {
    form.classList.remove("correct") // whatever is wrong, the page says it
    return form.requestSubmit(event.submitter)
  }
  here.replaceWith(found)
  // The keyboard goes on where it was: at the feeling that is pressed now, or at the themes.
  const next = name === "state" ? "button[aria-pressed=true]" : ".about summary"
  const again = found.querySelector(next) ?? found.querySelector("button, summary")
  again?.focus({ preventScroll: true })
})

// What the page would say of this field, at the field; gone with the next letter.
function say(field, html) {
  const fault = new DOMParser().parseFromString(html, "text/html").querySelector("[role=alert]")
  field.setCustomValidity(fault?.textContent.trim().replace(/^theme: /, "") ?? "")
  field.addEventListener("input", () => field.setCustomValidity(""), { once: true })
  field.reportValidity()
}
