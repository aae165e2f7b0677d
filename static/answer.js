// The answering page works without this; with it, answers are kept while they are given.
const form = document.querySelector("form:not(.preview)")

// "Saved" is said of all that stands on the screen, or not at all.
export const saved = document.querySelector(".saved")
export const send = (fields) => {
  const body = new URLSearchParams([["_partial", "1"], ...fields])
  const to = form.getAttribute("action") // form.action is a question of that name
  return fetch(to, { method: "POST", body, keepalive: true }).catch(() => null)
}

if (form && document.body.dataset.partial !== undefined) {
  const unsaved = new Set()
  const wrong = new Set() // what the server does not take as it stands
  let timer, isSending
  const questionOf = (name) => name.split(".")[0]
  const sendNext = () => {
    const [question] = unsaved
    unsaved.delete(question)
    const fields = [...new FormData(form)].filter(([name]) => questionOf(name) === question)
    return send(fields).then((answer) => {
      if (!answer) unsaved.add(question)
      else wrong[answer.status === 204 ? "delete" : "add"](question)
      return answer
    })
  }
  // One after the other: the last that was chosen is the last that arrives.
  const save = async () => {
    clearTimeout(timer)
    if (isSending || !unsaved.size) return
    isSending = true
    while (unsaved.size && (await sendNext()));
    isSending = false
    saved.hidden = !!(unsaved.size || wrong.size)
  }
  form.addEventListener("input", ({ target }) => {
    unsaved.add(questionOf(target.name))
    saved.hidden = true
    clearTimeout(timer)
    timer = setTimeout(save, 800) // a pause in the writing
  })
  form.addEventListener("change", save)
  form.addEventListener("submit", () => unsaved.clear())
  addEventListener("online", save)
  addEventListener("pagehide", () => {
    while (unsaved.size) sendNext()
  })
}

if (form) {
  // The second of two quick taps must not answer what has come under the finger. The window's name goes along.
  form.addEventListener("click", (event) => {
    const { detail, clientX, clientY, target } = event
    const button = target.closest("button")
    if (!detail || !button) return
    const [at, x, y] = window.name.split(" ")
    const isAgain = Date.now() - at < 500 && Math.hypot(clientX - x, clientY - y) < 25
    if (isAgain && button.name) event.preventDefault()
    else window.name = [Date.now(), clientX, clientY].join(" ")
  })
  // Whoever is offline would see the browser's own page, and lose what they wrote.
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return
    event.preventDefault()
    document.querySelector(".offline").hidden = false
    addEventListener("online", () => form.requestSubmit(event.submitter), { once: true })
  })
}
