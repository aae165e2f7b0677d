// The answering page works without this; with it, answers are kept while a screen is being filled in, a click from a
// mail is confirmed by the first sign of a person, and the page fits itself into the page that shows it.
const { parent: host, restart, clicked, partial, done } = document.body.dataset
const form = document.querySelector("form")
const tell = (kept, more) => host && window.parent.postMessage({ kept, ...more }, host)

let turn = Promise.resolve()
const keep = (fields) => {
  // One after the other: on two ways at once the older answer could come last.
  turn = turn.then(async () => {
    const body = new URLSearchParams([["_partial", "1"], ...fields])
    const to = form.getAttribute("action") // a question may be called "action", and is the form's property then
    const answer = await fetch(to, { method: "POST", body, keepalive: true }).catch(() => null)
    if (answer?.status === 204) document.querySelector(".saved")?.removeAttribute("hidden")
  })
}

if (form && partial !== undefined) {
  form.addEventListener("change", ({ target }) => {
    const question = target.name.split(".")[0] // and what belongs to it, such as what else it is
    keep([...new FormData(form)].filter(([name]) => name.split(".")[0] === question))
  })
}

if (form && clicked !== undefined) {
  const chosen = document.querySelector(".clicked button, :checked")
  const confirm = (event) => {
    if (!event.isTrusted || event.target.closest?.("a, button")) return // those say for themselves what is meant
    document.removeEventListener("pointerdown", confirm)
    document.removeEventListener("keydown", confirm)
    keep([[chosen.name, chosen.value]])
  }
  document.addEventListener("pointerdown", confirm)
  document.addEventListener("keydown", confirm)
}

if (host) {
  new ResizeObserver(() => tell("size", { height: document.documentElement.offsetHeight })).observe(document.body)
  document.addEventListener("keydown", (event) => event.key === "Escape" && tell("close"))
  document.querySelector("[data-close]").addEventListener("click", () => tell("close"))
  if (done !== undefined) tell("done")
}

if (restart) {
  // What somebody before has written is not shown to whoever presses the browser's Back.
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward"
  addEventListener("pageshow", ({ persisted }) => (persisted || isBack) && location.replace(restart))
  // A minute for whoever reads, ten seconds for who is done: then the next person finds the first question.
  let timer
  const wait = () => {
    clearTimeout(timer)
    timer = setTimeout(() => location.replace(restart), done === undefined ? 60000 : 10000)
  }
  for (const sign of ["pointerdown", "keydown", "pageshow"]) addEventListener(sign, wait)
  wait()
}
