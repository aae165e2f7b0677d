// In the frame of another page: fits itself into it, and says when it is closed or answered.
const { parent: host, done } = document.body.dataset
const tell = (kept, more) => window.parent.postMessage({ kept, ...more }, host)

new ResizeObserver(() => tell("size", { height: document.documentElement.offsetHeight })).observe(document.body)
document.addEventListener("keydown", (event) => event.key === "Escape" && tell("close"))
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => tell("close"))
if (done !== undefined) tell("done")
