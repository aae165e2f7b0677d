// A kiosk begins anew for the next person: by itself, and whatever somebody presses.
const { restart, done } = document.body.dataset

// What somebody before has written is not shown to whoever presses the browser's Back.
const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward"
addEventListener("pageshow", ({ persisted }) => (persisted || isBack) && location.replace(restart))
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
