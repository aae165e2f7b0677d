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
  if (!found) return form.submit() // whatever is wrong, the page says it
  here.replaceWith(found)
  const again = found.querySelector(`button[name="${name}"][value="${value}"]`) ?? found.querySelector("button, summary")
  again?.focus({ preventScroll: true })
})
