// The answering page works without this; with it, answers are kept while a screen is being filled in, a click from a
// mail is confirmed by the first sign of a person, and the page fits itself into the page that shows it.
const { parent: host, restart, clicked, partial, done } = document.body.dataset
const form = document.querySelector("form:not(.preview)")
const tell = (kept, more) => host && window.parent.postMessage({ kept, ...more }, host)

// "Saved" is said of all that stands on the screen, or not at all.
const saved = document.querySelector(".saved")
const send = (fields) => {
  const body = new URLSearchParams([["_partial", "1"], ...fields])
  const to = form.getAttribute("action") // a question may be called "action", and is the form's property then
  return fetch(to, { method: "POST", body, keepalive: true }).catch(() => null)
}

if (form && partial !== undefined) {
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
  // One after the other, so that the last that was chosen is the last that arrives.
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

if (form && clicked !== undefined) {
  const chosen = document.querySelector(".clicked button, :checked")
  const confirm = (event) => {
    if (!event.isTrusted || event.target.closest?.("a, button")) return // those say for themselves what is meant
    document.removeEventListener("pointerdown", confirm)
    document.removeEventListener("keydown", confirm)
    send([[chosen.name, chosen.value]]).then((answer) => (saved.hidden = answer?.status !== 204))
  }
  document.addEventListener("pointerdown", confirm)
  document.addEventListener("keydown", confirm)
}

if (form) {
  // The second of two quick taps must not answer the question that has come under the finger. The window's name goes
  // from page to page without a cookie or a storage.
  form.addEventListener("click", (event) => {
    const { detail, clientX, clientY, target } = event
    const button = target.closest("button")
    if (!detail || !button) return // a key, or a tap that sends nothing
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

if (host) {
  new ResizeObserver(() => tell("size", { height: document.documentElement.offsetHeight })).observe(document.body)
  document.addEventListener("keydown", (event) => event.key === "Escape" && tell("close"))
  for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => tell("close"))
  if (done !== undefined) tell("done")
}

if (restart) {
  // A minute for whoever reads, ten seconds for who is done: then the next person finds the first question. Where it
  // can't be had, this page stays, since the browser's own would stay for good.
  let timer
  const again = () => fetch(restart).then((answer) => (answer.ok ? location.replace(restart) : wait()), wait)
  const wait = () => {
    clearTimeout(timer)
    timer = setTimeout(again, done === undefined ? 60000 : 10000)
  }
  for (const sign of ["pointerdown", "keydown", "pageshow"]) addEventListener(sign, wait)
  wait()
}
