// The survey's editor: a fault leads to its line. Without this, its link leads to the text.
const text = document.querySelector("#text")

for (const link of document.querySelectorAll("a[data-line]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault()
    const lines = text.value.split("\n")
    const before = lines.slice(0, link.dataset.line - 1).join("\n").length + (link.dataset.line > 1)
    text.focus()
    text.setSelectionRange(before, before + lines[link.dataset.line - 1].length)
    text.scrollTop = (link.dataset.line / lines.length) * text.scrollHeight - text.clientHeight / 2
  })
}
